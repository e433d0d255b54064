// A stored body in one of two forms: bytes, or parsed JSON that is frozen and shared. It keeps whichever form was last
// asked for and makes the other on demand; both where one could not be made from the other byte for byte.
import type { AnswerBody } from './answer-body.js'

/** What JavaScript values are taken to occupy, in bytes: estimates for the memory bound, on the large side. */
const OBJECT_BYTES = 56
const SLOT_BYTES = 16
const STRING_BYTES = 24
/** Objects of like shape share their names; a name seen first is charged, and one of many is a table's. */
const NAME_BYTES = 112
const TABLE_FROM_NAMES = 24
const TABLE_SLOT_BYTES = 48
const UTF_8 = new TextDecoder()

/** A body that stays in a tier and is read piece by piece, since it is too large to be held. */
export interface BodySource {
  readonly sizeBytes: number
  /** The pieces, from the first one on; throws where one is gone or damaged. */
  chunks(): Iterable<Uint8Array>
}

/** A body that a tier keeps. */
export class EntryBody implements AnswerBody {
  /** The size of the body as the origin sent it, decoded, in bytes. */
  readonly sizeBytes: number
  readonly #source: BodySource | undefined
  #bytes: Uint8Array | undefined
  /** Of parsed JSON, as long as memory is not needed for anything else. */
  #serialised: WeakRef<Uint8Array> | undefined
  #json: { readonly value: unknown } | undefined
  /** What the parsed JSON occupies; undefined until somebody asks. */
  #jsonBytes: number | undefined

  constructor(content: Uint8Array | BodySource) {
    if (content instanceof Uint8Array) this.#bytes = content
    else this.#source = content
    this.sizeBytes = content instanceof Uint8Array ? content.byteLength : content.sizeBytes
  }

  /**
   * What the forms that are kept occupy in memory, in bytes; parsed JSON is estimated. The bytes are dropped first where
   * serialising gives the very same ones: that, like the estimate, is worth its time for a body that is kept, and for no other.
   */
  get chargeBytes(): number {
    if (this.#json !== undefined) this.#jsonBytes ??= this.#settle(this.#json.value)
    return (this.#bytes?.byteLength ?? 0) + (this.#jsonBytes ?? 0)
  }

  /** True once the body is kept as parsed JSON. */
  get isParsed(): boolean {
    return this.#json !== undefined
  }

  /** True for a body that stays in its tier and is never held. */
  get isRemote(): boolean {
    return this.#source !== undefined
  }

  get whole(): EntryBody {
    return this
  }

  gather(): Promise<EntryBody> {
    return Promise.resolve(this)
  }

  /** The bytes as the origin sent them, not to be written to. */
  bytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes
    if (this.#source !== undefined) return joined(this.#source.chunks(), this.sizeBytes)
    const known = this.#serialised?.deref()
    if (known !== undefined) return known
    const bytes = new TextEncoder().encode(JSON.stringify(this.#json?.value))
    this.#serialised = new WeakRef(bytes)
    return bytes
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    if (this.#source === undefined) {
      if (this.sizeBytes > 0) yield this.bytes()
    } else yield* this.#source.chunks()
  }

  discard(): void {
    // What is whole is nobody's to let go of.
  }

  /**
   * The parsed JSON, deeply frozen, one object for all callers; an empty body is `null`.
   *
   * @throws SyntaxError where the body is not JSON; the bytes then stay.
   */
  json(): unknown {
    if (this.#json !== undefined) return this.#json.value
    const bytes = this.bytes()
    const value: unknown = bytes.byteLength === 0 ? null : JSON.parse(UTF_8.decode(bytes))
    freezeDeeply(value)
    if (this.#source === undefined) this.#json = { value }
    return value
  }

  /** Lets go of the bytes where they can be made again, and says what the value occupies. */
  #settle(value: unknown): number {
    if (this.#bytes !== undefined && isWrittenAs(value, this.#bytes)) this.#bytes = undefined
    return measure(value)
  }
}

/** No body at all. */
export const EMPTY_BODY = new EntryBody(new Uint8Array())

/** True where serialising a value gives these very bytes. What is nested too deeply to be serialised never does. */
function isWrittenAs(value: unknown, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(Buffer.from(JSON.stringify(value)), bytes) === 0
  } catch {
    return false
  }
}

function joined(chunks: Iterable<Uint8Array>, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/**
 * Freezes a parsed value in depth. Iterative, so that deep nesting cannot overflow; each object is frozen after its values
 * were looked at, since those of a frozen one are found more slowly.
 */
function freezeDeeply(root: unknown): void {
  if (!isObject(root)) return
  const open: object[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
    for (const child of children) if (isObject(child)) open.push(child)
    Object.freeze(value)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Estimates what a value occupies. Iterative like freezing. */
function measure(root: unknown): number {
  let chargeBytes = 0
  const names = new Set<string>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') chargeBytes += STRING_BYTES + charactersOf(value)
    else if (isObject(value)) {
      chargeBytes += OBJECT_BYTES
      if (!Array.isArray(value)) chargeBytes += namesOf(value, names)
      const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
      chargeBytes += children.length * SLOT_BYTES
      for (const child of children) {
        if (typeof child === 'string' || isObject(child)) open.push(child)
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
