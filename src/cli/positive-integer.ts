// Reads whole numbers that a person gave to an option.
import { UsageError } from './usage-error.js'

/** The number, at least 1 and at most `max`. Throws a {@link UsageError} that names the option and the value. */
export function positiveInteger(option: string, text: string, max: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= 1 && value <= max) return value
  throw new UsageError(`${option} '${text}' is not a whole number from 1 to ${max}.`)
}
