// TTLs from the environment: CACHE_TTL_<SERVICE>_HOURS, checked all at once when settings are read.
import { configError } from '../errors/cachette-error.js'
import type { Environment } from '../model/profile.js'

const HOUR_MS = 3_600_000
const VARIABLE = /^CACHE_TTL_([A-Z0-9_]+)_HOURS$/

/** TTLs found in the environment, in milliseconds, by variable name. */
export type TtlEnvironment = ReadonlyMap<string, number>

/**
 * Reads every `CACHE_TTL_<SERVICE>_HOURS`: a finite decimal number of hours, 0 or more, fractions allowed.
 *
 * @throws CachetteError `CACHETTE_CONFIG` naming the variable, its value and what is expected
 */
export function readTtlEnvironment(environment: Environment): TtlEnvironment {
  const ttls = new Map<string, number>()
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !VARIABLE.test(name)) continue
    ttls.set(name, readHours(name, value))
  }
  return ttls
}

/**
 * Hours as a variable gives them, in milliseconds.
 *
 * @throws CachetteError `CACHETTE_CONFIG` naming the variable, its value and what is expected
 */
export function readHours(name: string, value: string): number {
  const isNumber = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(value.trim())
  const hoursMs = Number(value) * HOUR_MS
  if (isNumber && Number.isFinite(hoursMs)) return hoursMs
  throw configError(
    `${name} is ${JSON.stringify(value)}; expected a number of hours, 0 or more, such as 6 or 0.5`,
  )
}

/** The variable that sets a service's TTL: `my-service` is read from `CACHE_TTL_MY_SERVICE_HOURS`. */
export function ttlVariable(service: string): string {
  return `CACHE_TTL_${service.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}_HOURS`
}
