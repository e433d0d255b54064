// Remembers what was worked out for a call, so that a hit hashes nothing and builds no URL. Asked by the caller's own
// strings, service and URL first, since those need not be put together anew. Bounded in bytes by two generations:
// what was not asked for during a whole generation is forgotten with it.

/** What a call goes by in the memo. */
export interface CallName {
  readonly service: string
  readonly url: string
  /** What tells calls of one URL apart; '' for the plain one. */
  readonly signature: string
}

/** A bounded memo. */
export interface CallMemo<Value> {
  get(service: string, url: string, signature: string): Value | undefined
  set(name: CallName, value: Value): void
}

interface UrlSlot<Value> {
  plain: Value | undefined
  others: Map<string, Value> | undefined
}

type Generation<Value> = Map<string, Map<string, UrlSlot<Value>>>

/** A slot of a map, its value and its key string, in bytes: a measured estimate. */
const SLOT_BYTES = 200

/** Makes a memo that occupies at most `maxBytes`. */
export function createCallMemo<Value>(maxBytes: number): CallMemo<Value> {
  let young: Generation<Value> = new Map()
  let old: Generation<Value> = new Map()
  let youngBytes = 0

  function set({ service, url, signature }: CallName, value: Value): void {
    const slots = young.get(service) ?? new Map<string, UrlSlot<Value>>()
    const slot = slots.get(url) ?? { plain: undefined, others: undefined }
    if (signature === '') slot.plain = value
    else slot.others = (slot.others ?? new Map<string, Value>()).set(signature, value)
    young.set(service, slots.set(url, slot))
    youngBytes += SLOT_BYTES + signature.length + url.length
    if (youngBytes * 2 < maxBytes) return
    old = young
    young = new Map()
    youngBytes = 0
  }

  return {
    get(service, url, signature) {
      const known = valueIn(young, service, url, signature)
      if (known !== undefined) return known
      const older = valueIn(old, service, url, signature)
      if (older !== undefined) set({ service, url, signature }, older)
      return older
    },
    set,
  }
}

function valueIn<Value>(
  generation: Generation<Value>,
  service: string,
  url: string,
  signature: string,
): Value | undefined {
  const slot = generation.get(service)?.get(url)
  if (slot === undefined) return undefined
  return signature === '' ? slot.plain : slot.others?.get(signature)
}
