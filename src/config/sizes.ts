// Sizes as people write them, in bytes inside.
import { configError } from '../errors/cachette-error.js'
import { describe } from './durations.js'

const UNITS_BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }

/**
 * Reads `'512B' | '64KB' | '64MB' | '1GB'` (fractions allowed, powers of 1,024) or a number of bytes.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for anything else, zero included
 */
export function parseSize(value: unknown, name: string): number {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s?(B|KB|MB|GB)$/i.exec(value) : null
  const bytes =
    typeof value === 'number' ? value : Number(match?.[1]) * (UNITS_BYTES[match?.[2]?.toUpperCase() ?? ''] ?? Number.NaN)
  if (Number.isFinite(bytes) && bytes >= 1) return Math.floor(bytes)
  throw configError(`${name} is ${describe(value)}; expected a size such as '64MB', '1GB', or a number of bytes`)
}
