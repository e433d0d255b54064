// Durations as people write them, in milliseconds inside.

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A duration: `'500ms'`, `'10s'`, `'5m'`, `'6h'`, `'7d'`, fractions allowed, or a number of milliseconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** What messages say is expected. */
export const DURATION_FORM =
  "a duration such as '500ms', '10s', '5m', '6h' or '7d', or milliseconds, 0 or more"

/** The same for what must take some time. */
export const POSITIVE_DURATION_FORM =
  "a duration greater than 0, such as '500ms', '10s' or '5m', or milliseconds"

/** The milliseconds of a duration, or undefined where the value is none. */
export function readDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : null
  const durationMs = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? Number.NaN)
  return Number.isFinite(durationMs) ? durationMs : undefined
}

/** The milliseconds of a duration greater than 0, or undefined where the value is none. */
export function readPositiveDuration(value: unknown): number | undefined {
  const durationMs = readDuration(value)
  return durationMs === 0 ? undefined : durationMs
}
