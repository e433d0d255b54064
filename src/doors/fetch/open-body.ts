// A body as a stream for one caller. It lets go of its source when the caller stops, aborts, or forgets about it.
import type { AnswerBody } from '../../model/answer-body.js'
import { bodyError } from './fetch-error.js'

const PIECE_BYTES = 64 * 1024

const forgotten = new FinalizationRegistry<OpenBody>((body) => body.letGo())

/** A body on its way. It never holds the stream that it feeds, so that a stream nobody holds can be noticed. */
export class OpenBody {
  readonly #body: AnswerBody
  readonly #signal: AbortSignal | undefined
  #chunks: AsyncIterator<Uint8Array> | undefined
  #rest: Uint8Array | undefined
  #controller: WeakRef<ReadableByteStreamController> | undefined
  #isOver = false

  constructor(body: AnswerBody, signal: AbortSignal | undefined) {
    this.#body = body
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort)
  }

  /** Lets go once `holder` is gone, in the place of any holder before it. */
  watch(holder: object): void {
    forgotten.unregister(this)
    forgotten.register(holder, this, this)
  }

  /** The stream; to be asked for once. Nothing is read before someone reads it. */
  stream(): ReadableStream<Uint8Array> {
    const stream = new ReadableStream({
      type: 'bytes',
      start: (controller) => {
        if (this.#signal?.aborted === true) controller.error(this.#signal.reason)
        else this.#controller = new WeakRef(controller)
      },
      pull: (controller) => this.#pull(controller),
      cancel: () => this.letGo(),
    })
    if (!this.#isOver) this.watch(stream)
    return stream
  }

  /** Nobody reads on. */
  letGo(): void {
    if (this.#isOver) return
    this.#end()
    this.#chunks?.return?.().catch(() => undefined)
    this.#body.discard()
  }

  async #pull(controller: ReadableByteStreamController): Promise<void> {
    try {
      const piece = await this.#nextPiece()
      if (this.#isOver) return
      if (piece !== undefined) return controller.enqueue(piece)
      this.#end()
      controller.close()
      // Whoever reads into a buffer of their own waits for it to be handed back.
      controller.byobRequest?.respond(0)
    } catch (error) {
      this.#end()
      throw bodyError(error, this.#signal)
    }
  }

  /** A copy, since a stream of bytes takes what it is given, and what is given here is shared. */
  async #nextPiece(): Promise<Uint8Array | undefined> {
    this.#chunks ??= this.#body.stream()[Symbol.asyncIterator]()
    while (this.#rest === undefined || this.#rest.byteLength === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return undefined
      this.#rest = next.value
    }
    const piece = new Uint8Array(this.#rest.subarray(0, PIECE_BYTES))
    this.#rest = this.#rest.subarray(PIECE_BYTES)
    return piece
  }

  #end(): void {
    this.#isOver = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    forgotten.unregister(this)
  }

  readonly #onAbort = (): void => {
    if (this.#isOver) return
    this.letGo()
    this.#controller?.deref()?.error(this.#signal?.reason)
  }
}
