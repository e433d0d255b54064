// The error for what a person typed wrongly.

/** Wrong usage: one sentence that says what to do. Ends the run with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
