// A misspelt name is answered with the nearest one that exists.
import { closest, distance } from 'fastest-levenshtein'

/** `; did you mean "x"?` where a known name is near enough to be meant, else the list of known names. */
export function suggestName(given: string, known: readonly string[]): string {
  const nearest =
    known.length === 0
      ? undefined
      : closest(
          given.toLowerCase(),
          known.map((name) => name.toLowerCase()),
        )
  const name = known.find((candidate) => candidate.toLowerCase() === nearest)
  if (
    name !== undefined &&
    distance(given.toLowerCase(), name.toLowerCase()) <= Math.max(2, given.length / 3)
  ) {
    return `; did you mean "${name}"?`
  }
  return `; known here: ${known.join(', ')}`
}
