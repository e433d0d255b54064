// Durations as people write them, in milliseconds inside.
import { configError } from '../errors/cachette-error.js'

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Reads `'500ms' | '10s' | '5m' | '6h' | '7d'` (fractions allowed) or a number of milliseconds.
 *
 * @param name what the message calls the setting, such as `services.tmdb.ttl`
 * @throws CachetteError `CACHETTE_CONFIG` for anything else
 */
export function parseDuration(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : null
  const unitMs = UNITS_MS[match?.[2] ?? '']
  const durationMs = Number(match?.[1]) * (unitMs ?? Number.NaN)
  if (Number.isFinite(durationMs)) return durationMs
  throw configError(
    `${name} is ${describe(value)}; expected a duration such as '500ms', '10s', '5m', '6h' or '7d', or milliseconds`,
  )
}

/** A value as messages show it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}
