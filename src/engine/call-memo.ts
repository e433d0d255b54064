// Remembers what was worked out for a call, so that a hit hashes nothing and builds no URL. Bounded in bytes by two
// generations: what was not asked for during a whole generation is forgotten with it.

/** A bounded memo. */
export interface CallMemo<Value> {
  get(signature: string): Value | undefined
  set(signature: string, value: Value): void
}

/** A slot of a map, its value and its key string, in bytes: a measured estimate. */
const SLOT_BYTES = 160

/** Makes a memo that occupies at most `maxBytes`. */
export function createCallMemo<Value>(maxBytes: number): CallMemo<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let youngBytes = 0

  function set(signature: string, value: Value): void {
    young.set(signature, value)
    youngBytes += SLOT_BYTES + signature.length
    if (youngBytes * 2 < maxBytes) return
    old = young
    young = new Map()
    youngBytes = 0
  }

  return {
    get(signature) {
      const known = young.get(signature)
      if (known !== undefined) return known
      const older = old.get(signature)
      if (older !== undefined) set(signature, older)
      return older
    },
    set,
  }
}
