// A source of bytes that tests push into, a writer that keeps what it is given, and a live body between the two.
import { type LiveBody, type LiveBodyParts, openLiveBody } from '../../src/engine/live-body.js'
import type { AnswerBody } from '../../src/model/answer-body.js'
import type { BodyWriter } from '../../src/model/store.js'

export const MIB = 1024 ** 2

/** Bytes that differ from place to place, so that one that is misplaced is noticed. */
export const BYTES: Buffer = Buffer.alloc(24 * MIB)
for (let at = 0, seed = 1; at < BYTES.length; at += 4) {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  BYTES.writeUInt32LE(seed, at)
}

/** Lets everything happen that waits for nothing but its turn. */
export async function turns(count = 2): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A source; each push is the next piece of {@link BYTES}. */
export interface PushedSource extends AsyncIterable<Uint8Array> {
  push(sizeBytes: number): void
  end(): void
  fail(error: Error): void
  /** How many pieces were asked for. */
  readonly pulls: number
  /** Bytes that were pushed, whether asked for or not. */
  readonly pushedBytes: number
  /** Bytes that were handed over. */
  readonly takenBytes: number
  readonly iterations: number
  /** What was handed over last, as long as anybody holds it. */
  readonly last: Uint8Array | undefined
}

type Item = { readonly piece: Uint8Array } | { readonly error: Error } | 'end'

export function createPushedSource(): PushedSource {
  const items: Item[] = []
  let waiting: (() => void) | undefined
  let last: WeakRef<Uint8Array> | undefined
  const counts = { pulls: 0, pushedBytes: 0, takenBytes: 0, iterations: 0 }

  function put(item: Item): void {
    items.push(item)
    waiting?.()
    waiting = undefined
  }

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    counts.pulls += 1
    while (items.length === 0) await new Promise<void>((wake) => (waiting = wake))
    const item = items.shift()!
    if (item === 'end') return { done: true, value: undefined }
    if ('error' in item) throw item.error
    counts.takenBytes += item.piece.byteLength
    last = new WeakRef(item.piece)
    return { done: false, value: item.piece }
  }

  return {
    get pulls() {
      return counts.pulls
    },
    get pushedBytes() {
      return counts.pushedBytes
    },
    get takenBytes() {
      return counts.takenBytes
    },
    get iterations() {
      return counts.iterations
    },
    get last() {
      return last?.deref()
    },
    push(sizeBytes) {
      put({ piece: BYTES.subarray(counts.pushedBytes, counts.pushedBytes + sizeBytes) })
      counts.pushedBytes += sizeBytes
    },
    end: () => put('end'),
    fail: (error) => put({ error }),
    [Symbol.asyncIterator]() {
      counts.iterations += 1
      return { next }
    },
  }
}

/** A writer into memory, in chunks of its own. */
export interface FakeWriter extends BodyWriter {
  readonly sizeBytes: number
  readonly isAbandoned: boolean
}

const CHUNK_BYTES = 100_000

/** Makes one; from the `failsAt`th piece on it takes no more. */
function createFakeWriter(failsAt = Number.POSITIVE_INFINITY): FakeWriter {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  let adds = 0
  let isAbandoned = false
  return {
    get sizeBytes() {
      return sizeBytes
    },
    get isAbandoned() {
      return isAbandoned
    },
    async add(piece) {
      adds += 1
      if (isAbandoned) throw new Error('it was abandoned')
      if (adds >= failsAt) throw new Error('the disk is full')
      await Promise.resolve()
      for (let at = 0; at < piece.byteLength;) {
        const filledBytes = sizeBytes % CHUNK_BYTES
        if (filledBytes === 0) chunks.push(new Uint8Array(CHUNK_BYTES))
        const part = piece.subarray(at, at + CHUNK_BYTES - filledBytes)
        chunks.at(-1)!.set(part, filledBytes)
        at += part.byteLength
        sizeBytes += part.byteLength
      }
    },
    *written() {
      for (let at = 0; at < sizeBytes;) {
        if (isAbandoned) throw new Error('it was abandoned')
        const index = Math.floor(at / CHUNK_BYTES)
        const piece = chunks[index]!.slice(at - index * CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES)
        at += piece.byteLength
        yield piece
      }
    },
    finish: () => Promise.resolve({ isStored: true, sequence: 1 }),
    abandon() {
      isAbandoned = true
      return Promise.resolve()
    },
  }
}

/** A live body and both its ends. */
export interface LiveWorld {
  readonly live: LiveBody
  readonly source: PushedSource
  /** Those that were opened. */
  readonly writers: readonly FakeWriter[]
  readonly cancelled: readonly Error[]
}

/** How one is opened. */
export interface LiveOptions extends Partial<Pick<LiveBodyParts, 'sizeBytes' | 'keepBytes' | 'isStored'>> {
  readonly writer?: 'none' | 'takes-all'
  readonly failsAt?: number
  readonly mayBeWritten?: (piece: Uint8Array) => boolean
}

export function openLive(options: LiveOptions = {}): LiveWorld {
  const { sizeBytes, keepBytes = 16 * MIB, isStored = true, writer = 'none', failsAt } = options
  const source = createPushedSource()
  const writers: FakeWriter[] = []
  const cancelled: Error[] = []
  const live = openLiveBody({
    signal: new AbortController().signal,
    monotonicMs: () => 0,
    setTimer: () => () => undefined,
    source,
    sizeBytes,
    keepBytes,
    isStored,
    mayBeWritten: options.mayBeWritten ?? (() => true),
    openWriter() {
      if (writer === 'none') return undefined
      const opened = createFakeWriter(failsAt)
      writers.push(opened)
      return opened
    },
    cancel(reason) {
      cancelled.push(reason)
      source.fail(reason)
    },
    errorOf: (what) => new Error(what),
  })
  return { live, source, writers, cancelled }
}

/** One who reads a body and checks each byte of it. */
export interface CheckingReader {
  readonly readBytes: number
  /** How it ended: `done`, the error's message, or undefined as long as it goes on. */
  readonly ended: string | undefined
  readonly isReading: boolean
  /** Asks for the next piece, unless it waits for one already. */
  step(): void
  /** Reads on to the end. */
  drain(): Promise<void>
  leave(): void
}

/** @throws Error at once where a byte is not what it was at the source */
export function checkingReader(body: AnswerBody): CheckingReader {
  const pieces = body.stream()[Symbol.asyncIterator]()
  let readBytes = 0
  let ended: string | undefined
  let pending: Promise<void> | undefined

  async function readOne(): Promise<void> {
    try {
      const next = await pieces.next()
      if (next.done === true) {
        ended ??= 'done'
        return
      }
      const { byteLength } = next.value
      if (byteLength === 0) ended = 'an empty piece'
      if (Buffer.compare(next.value, BYTES.subarray(readBytes, readBytes + byteLength)) !== 0)
        ended = `wrong bytes from ${readBytes} on`
      readBytes += byteLength
    } catch (error) {
      ended ??= (error as Error).message
    } finally {
      pending = undefined
    }
  }

  return {
    get readBytes() {
      return readBytes
    },
    get ended() {
      return ended
    },
    get isReading() {
      return pending !== undefined
    },
    step() {
      if (ended === undefined) pending ??= readOne()
    },
    async drain() {
      while (ended === undefined) await (pending ?? (pending = readOne()))
    },
    leave() {
      ended ??= 'left'
      void pieces.return?.().catch(() => undefined)
    },
  }
}
