// Node loads its own undici within the first call of fetch, and a program may set a dispatcher right before any other:
// the gate would come too late for that call. So each call is held for as long as a look takes.

/** Does something before each call of fetch; the returned function takes it back. */
export function beforeFetch(prepare: () => void): () => void {
  const native = globalThis.fetch as typeof globalThis.fetch | undefined
  if (native === undefined) return () => undefined

  const hooked: typeof globalThis.fetch = function fetch(input, init = undefined) {
    // The first time, this loads it.
    void globalThis.Headers
    prepare()
    return native(input, init)
  }
  globalThis.fetch = hooked
  return () => {
    if (globalThis.fetch === hooked) globalThis.fetch = native
  }
}
