// The body of one response: who may still read it, and in which form. Bytes of the cache are shared, so what is handed
// out is a copy; where they are at hand, no stream is made until someone asks for one.
import { Readable } from 'node:stream'
import type { AnswerBody } from '../../model/answer-body.js'
import type { EntryBody } from '../../model/entry-body.js'
import { cloneJson } from './clone-json.js'
import { decodeUtf8 } from './decode-utf8.js'
import { OpenBody } from './open-body.js'

/** Larger JSON is parsed each time: kept parsed it would take several times the memory. */
const KEPT_PARSED_BYTES = 1024 ** 2

/** A body that is read once, as fetch has it. */
export class ResponseBody {
  readonly #body: AnswerBody
  readonly #signal: AbortSignal | undefined
  /** Set where there is something to let go of. */
  readonly #open: OpenBody | undefined
  #stream: ReadableStream<Uint8Array> | undefined
  #isUsed = false

  constructor(body: AnswerBody, signal: AbortSignal | undefined, stream?: ReadableStream<Uint8Array>) {
    const whole = stream === undefined ? body.whole : undefined
    // What is whole needs nothing to come any more.
    if (whole !== undefined) body.discard()
    this.#body = whole ?? body
    this.#signal = signal
    this.#stream = stream
    this.#open = stream === undefined && whole === undefined ? new OpenBody(body, signal) : undefined
    this.#open?.watch(this)
  }

  get isUsed(): boolean {
    return this.#isUsed || (this.#stream !== undefined && isDisturbed(this.#stream))
  }

  /** The stream of it; one that is used up where it was read without one. */
  get stream(): ReadableStream<Uint8Array> {
    if (this.#stream === undefined && this.#isUsed) this.#stream = usedUp()
    this.#stream ??= (this.#open ?? new OpenBody(this.#body, this.#signal)).stream()
    return this.#stream
  }

  /** Reads it as JSON, a fresh value for each caller. */
  json(): unknown {
    const whole = this.#take()
    if (whole === undefined) return this.#collect().then((bytes) => JSON.parse(decodeUtf8(bytes)) as unknown)
    // Copying a value that is kept costs a third of parsing its text.
    const isKept = !whole.isRemote && whole.sizeBytes > 0 && whole.sizeBytes <= KEPT_PARSED_BYTES
    if (isKept) return ownCopyOf(whole)
    return JSON.parse(decodeUtf8(whole.bytes()))
  }

  /** Reads it as text. */
  text(): string | Promise<string> {
    const whole = this.#take()
    return whole === undefined ? this.#collect().then(decodeUtf8) : decodeUtf8(whole.bytes())
  }

  /** Reads it as bytes that are the caller's own. */
  bytes(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const whole = this.#take()
    return whole === undefined ? this.#collect() : new Uint8Array(whole.bytes())
  }

  /**
   * A second body with the same content.
   *
   * @throws TypeError where it was read, or is being read
   */
  fork(): ResponseBody {
    if (this.isUsed || this.#stream?.locked === true) {
      throw new TypeError('Response.clone: Body has already been consumed.')
    }
    const { whole } = this.#body
    if (whole !== undefined && this.#stream === undefined) return new ResponseBody(whole, this.#signal)
    const [own, other] = this.stream.tee()
    this.#stream = own
    return new ResponseBody(this.#body, this.#signal, other)
  }

  /** Marks it as read; the whole of it, unless it has to be read from the stream. */
  #take(): EntryBody | undefined {
    if (this.isUsed || this.#stream?.locked === true) {
      throw new TypeError('Body is unusable: Body has already been read')
    }
    const whole = this.#stream === undefined ? this.#body.whole : undefined
    if (whole === undefined) return undefined
    this.#isUsed = true
    this.#open?.letGo()
    if (this.#signal?.aborted === true) throw this.#signal.reason
    return whole
  }

  async #collect(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = []
    let sizeBytes = 0
    const reader = this.stream.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pieces.push(read.value)
      sizeBytes += read.value.byteLength
    }
    const bytes = new Uint8Array(sizeBytes)
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.byteLength
    }
    return bytes
  }
}

/** What is nested too deeply to be copied is parsed again. */
function ownCopyOf(whole: EntryBody): unknown {
  const value = whole.json()
  try {
    return cloneJson(value)
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(decodeUtf8(whole.bytes()))
    throw error
  }
}

/** Node's types know it for its own streams only. */
function isDisturbed(stream: ReadableStream<Uint8Array>): boolean {
  return Readable.isDisturbed(stream as unknown as Readable)
}

/** What `body` is after `json()`: there, locked, and at its end. */
function usedUp(): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })
  stream.getReader()
  return stream
}
