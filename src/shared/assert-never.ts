// The end of every switch over a tag.

/** Fails to compile where a case is missing, and throws should one come at run time all the same. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`)
}
