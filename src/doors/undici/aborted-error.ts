// What a caller gets who aborts without a reason: undici's own error in all that can be seen of it.

/** Told apart by brands, so that `instanceof errors.RequestAbortedError` holds with any copy of undici. */
const BRANDS = ['UND_ERR', 'UND_ERR_ABORT', 'UND_ERR_ABORTED']

/** Makes the error. */
export function abortedError(): Error {
  const error = new Error('Request aborted')
  error.name = 'AbortError'
  const brands = BRANDS.map((code) => [Symbol.for(`undici.error.${code}`), { value: true }] as const)
  Object.defineProperties(error, Object.fromEntries(brands))
  return Object.assign(error, { code: 'UND_ERR_ABORTED' })
}
