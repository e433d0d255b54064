// A body as a Node stream of the caller's own: read as fast as it is taken, let go of when it is destroyed or forgotten.
import { Readable } from 'node:stream'
import type { AnswerBody } from '../../model/answer-body.js'

/** How a stream ends badly. */
export interface StreamRules {
  /** Asked with each piece: the error of a body that is too long by now. */
  check(sizeBytes: number): Error | undefined
  /** What the reader gets for an error of the body. */
  errorOf(error: unknown): unknown
}

/** A caller's hold on a body. It knows nothing of the stream, so that a stream that nobody holds can be noticed. */
class Hold {
  readonly #body: AnswerBody
  #pieces: AsyncIterator<Uint8Array> | undefined

  constructor(body: AnswerBody) {
    this.#body = body
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#pieces ??= this.#body.stream()[Symbol.asyncIterator]()
    return this.#pieces.next()
  }

  letGo(): void {
    void this.#pieces?.return?.().catch(() => undefined)
    this.#body.discard()
  }
}

const forgotten = new FinalizationRegistry<Hold>((hold) => hold.letGo())

/** A body as a stream. */
export class BodyStream extends Readable {
  readonly #hold: Hold
  readonly #rules: StreamRules
  #sizeBytes = 0

  constructor(body: AnswerBody, rules: StreamRules) {
    super()
    this.#hold = new Hold(body)
    this.#rules = rules
    forgotten.register(this, this.#hold, this)
  }

  override _read(): void {
    this.#hold.next().then(
      (piece) => this.#take(piece),
      (error: unknown) => this.destroy(this.#rules.errorOf(error) as Error),
    )
  }

  #take(piece: IteratorResult<Uint8Array>): void {
    if (this.destroyed) return
    if (piece.done === true) return void this.push(null)
    this.#sizeBytes += piece.value.byteLength
    const error = this.#rules.check(this.#sizeBytes)
    // The bytes may be stored ones: what a caller could write to is a copy.
    if (error === undefined) this.push(Buffer.from(piece.value))
    else this.destroy(error)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    forgotten.unregister(this)
    this.#hold.letGo()
    done(error)
  }
}
