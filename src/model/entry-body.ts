// A stored body in one of two forms: bytes, or parsed JSON that is frozen and shared. It keeps whichever form
// was last asked for and makes the other on demand.

/** What JavaScript values are taken to occupy, in bytes: estimates for the memory bound, on the large side. */
const OBJECT_BYTES = 56
const SLOT_BYTES = 16
const STRING_BYTES = 24
/** Objects of like shape share their names; a name seen first is charged, and one of many is a table's. */
const NAME_BYTES = 112
const TABLE_FROM_NAMES = 24
const TABLE_SLOT_BYTES = 48

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
  const names = new Set<string>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') chargeBytes += STRING_BYTES + charactersOf(value)
    else if (typeof value === 'object' && value !== null) {
      Object.freeze(value)
      chargeBytes += OBJECT_BYTES
      if (!Array.isArray(value)) chargeBytes += namesOf(value, names)
      const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
      chargeBytes += children.length * SLOT_BYTES
      for (const child of children) {
        if (typeof child === 'string' || (typeof child === 'object' && child !== null)) open.push(child)
      }
    }
  }
  return chargeBytes
}

/** One byte a character, or two where the string holds one beyond Latin-1. */
function charactersOf(text: string): number {
  return /[^\0-\xff]/.test(text) ? text.length * 2 : text.length
}

function namesOf(value: object, seen: Set<string>): number {
  const names = Object.keys(value)
  let bytes = names.length > TABLE_FROM_NAMES ? names.length * TABLE_SLOT_BYTES : 0
  for (const name of names) {
    if (seen.has(name)) continue
    seen.add(name)
    bytes += NAME_BYTES + charactersOf(name)
  }
  return bytes
}
