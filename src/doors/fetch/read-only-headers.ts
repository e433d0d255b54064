// Headers as fetch gives them with a response: to be read, not to be changed.

let ReadOnly: typeof Headers | undefined

/** Makes them. */
export function readOnlyHeaders(fields: [string, string][]): Headers {
  ReadOnly ??= readOnlyClass()
  return new ReadOnly(fields)
}

/** Left to the first use, since the platform takes a while to load its own. */
function readOnlyClass(): typeof Headers {
  const refuse = (): never => {
    throw new TypeError('immutable')
  }
  const Made = class Headers extends globalThis.Headers {}
  const value = { value: refuse, writable: true, configurable: true }
  Object.defineProperties(Made.prototype, {
    append: value,
    set: value,
    delete: value,
    // So that `new response.headers.constructor()` makes what it makes elsewhere.
    constructor: { value: globalThis.Headers, writable: true, configurable: true },
  })
  return Made
}
