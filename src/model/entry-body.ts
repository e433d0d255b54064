// A stored body in one of two forms: bytes, or parsed JSON that is frozen and shared. It keeps whichever form
// was last asked for and makes the other on demand.

/** What one JavaScript value of each kind is taken to occupy, in bytes; an estimate for the memory bound. */
const OBJECT_BYTES = 56
const SLOT_BYTES = 16
const STRING_BYTES = 24

/** A body that a tier keeps. */
export class EntryBody {
  /** The size of the body as the origin sent it, decoded, in bytes. */
  readonly sizeBytes: number
  #bytes: Uint8Array | undefined
  #json: { readonly value: unknown; readonly chargeBytes: number } | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.sizeBytes = bytes.byteLength
  }

  /** What the form that is kept occupies in memory, in bytes; parsed JSON is estimated. */
  get chargeBytes(): number {
    return this.#json === undefined ? this.sizeBytes : this.#json.chargeBytes
  }

  /** True once the body is kept as parsed JSON. */
  get isParsed(): boolean {
    return this.#json !== undefined
  }

  /** The bytes, not to be written to. After {@link json} they are serialised anew. */
  bytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes
    return new TextEncoder().encode(JSON.stringify(this.#json?.value))
  }

  /**
   * The parsed JSON, deeply frozen, one object for all callers; an empty body is `null`.
   *
   * @throws SyntaxError where the body is not JSON; the bytes then stay.
   */
  json(): unknown {
    if (this.#json !== undefined) return this.#json.value
    const bytes = this.bytes()
    const value: unknown = bytes.byteLength === 0 ? null : JSON.parse(new TextDecoder().decode(bytes))
    this.#json = { value, chargeBytes: freezeAndMeasure(value) }
    this.#bytes = undefined
    return value
  }
}

/** Freezes a value in depth and estimates what it occupies. Iterative, so that deep nesting cannot overflow. */
function freezeAndMeasure(root: unknown): number {
  let chargeBytes = 0
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') chargeBytes += STRING_BYTES + value.length
    else if (typeof value === 'object' && value !== null) {
      Object.freeze(value)
      chargeBytes += OBJECT_BYTES
      const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
      chargeBytes += children.length * SLOT_BYTES
      for (const child of children) {
        if (typeof child === 'string' || (typeof child === 'object' && child !== null)) open.push(child)
      }
    }
  }
  return chargeBytes
}
