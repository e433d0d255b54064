// What came of a body and has not been read yet. Bounded: its source is told to wait while enough is there.

/** Where the bytes come from. */
export interface BodySource {
  /** More is wanted again. */
  resume(): void
  /** Nothing is wanted any more. */
  stop(): void
}

interface Reader {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void
  readonly reject: (error: Error) => void
}

type End = { readonly error?: Error }

/** The source waits from here on. */
const ENOUGH_BYTES = 128 * 1024

const DONE: IteratorResult<Uint8Array, undefined> = Object.freeze({ done: true, value: undefined })

/** A body as it arrives, to be read once. */
export class BodyQueue implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #source: BodySource
  #chunks: Uint8Array[] = []
  #waitingBytes = 0
  #isHeld = false
  #end: End | undefined
  readonly #readers: Reader[] = []

  constructor(source: BodySource) {
    this.#source = source
  }

  /** Takes a piece; false where the source is to wait. */
  push(chunk: Uint8Array): boolean {
    if (this.#end !== undefined) return true
    const reader = this.#readers.shift()
    if (reader !== undefined) reader.resolve({ done: false, value: chunk })
    else {
      this.#chunks.push(chunk)
      this.#waitingBytes += chunk.byteLength
    }
    this.#isHeld = this.#waitingBytes >= ENOUGH_BYTES
    return !this.#isHeld
  }

  /** The body is whole. */
  end(): void {
    this.#finish({})
  }

  /** The body was cut short; what came is read first. */
  fail(error: Error): void {
    this.#finish({ error })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#waitingBytes -= value.byteLength
      this.#release()
      return Promise.resolve({ done: false, value })
    }
    if (this.#end === undefined)
      return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
    const { error } = this.#end
    this.#end = {}
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error)
  }

  /** Stops reading: what has not come is not wanted. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const isCut = this.#end === undefined
    this.#chunks = []
    this.#waitingBytes = 0
    this.#end = {}
    for (const reader of this.#readers.splice(0)) reader.resolve(DONE)
    if (isCut) this.#source.stop()
    return Promise.resolve(DONE)
  }

  #release(): void {
    if (!this.#isHeld || this.#waitingBytes > ENOUGH_BYTES / 2) return
    this.#isHeld = false
    this.#source.resume()
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return
    this.#end = end
    for (const reader of this.#readers.splice(0)) {
      if (end.error === undefined) reader.resolve(DONE)
      else reader.reject(end.error)
    }
  }
}
