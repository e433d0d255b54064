// What the contracts need of a test runner.

/** The parts that are used; vitest, jest and others provide them. */
export interface Runner {
  readonly describe: (title: string, body: () => void) => void
  readonly it: (title: string, body: () => Promise<void>) => void
  readonly expect: (actual: unknown) => {
    toBe(expected: unknown): void
    toEqual(expected: unknown): void
    toBeUndefined(): void
    toBeGreaterThan(expected: number): void
  }
}
