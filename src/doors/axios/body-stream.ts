// A body as a Node stream of the caller's own: read as fast as it is taken, let go of when it is destroyed.
import { Readable } from 'node:stream'
import type { AnswerBody } from '../../model/answer-body.js'

/** A body as a stream. */
export class BodyStream extends Readable {
  readonly #body: AnswerBody
  readonly #check: (sizeBytes: number) => Error | undefined
  #pieces: AsyncIterator<Uint8Array> | undefined
  #sizeBytes = 0

  /** `check` is asked with each piece, and gives the error of a body that is too long. */
  constructor(body: AnswerBody, check: (sizeBytes: number) => Error | undefined) {
    super()
    this.#body = body
    this.#check = check
  }

  override _read(): void {
    this.#pieces ??= this.#body.stream()[Symbol.asyncIterator]()
    this.#pieces.next().then(
      (piece) => this.#take(piece),
      (error: unknown) => this.destroy(error as Error),
    )
  }

  #take(piece: IteratorResult<Uint8Array>): void {
    if (this.destroyed) return
    if (piece.done === true) return void this.push(null)
    this.#sizeBytes += piece.value.byteLength
    const error = this.#check(this.#sizeBytes)
    // The bytes may be stored ones: what a caller could write to is a copy.
    if (error === undefined) this.push(Buffer.from(piece.value))
    else this.destroy(error)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#pieces?.return?.().catch(() => undefined)
    this.#body.discard()
    done(error)
  }
}
