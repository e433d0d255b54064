// Reads credentials from the environment. Pure: the environment is an argument.
import type { Environment } from '../model/profile.js'

/** A variable's value without surrounding blanks; undefined where it is unset or blank. */
export function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}
