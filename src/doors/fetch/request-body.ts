// The body of a request: bytes where it is there already, so that it can take part in a key and be sent again, else
// pieces as they come.
import type { CacheRequest } from '../../model/cache-request.js'

/** A Request does not tell what its body was made from; so much of it is taken as bytes while it comes without waiting. */
const MAX_AT_HAND_BYTES = 16 * 1024 ** 2
const LATER = Symbol('later')

type Reader = ReadableStreamDefaultReader<unknown>
type Read = Awaited<ReturnType<Reader['read']>>

/** Reads the body of a request that was made from `given`, if it was given one there. */
export async function readBody(request: Request, given: unknown): Promise<CacheRequest['body']> {
  if (request.body === null) return undefined
  if (typeof given === 'string') return new TextEncoder().encode(given)
  const reader = (request.body as ReadableStream<unknown>).getReader()
  if (given === undefined || given === null) return atHand(reader, MAX_AT_HAND_BYTES)
  if (isStream(given)) return pieces(reader, [])
  reader.releaseLock()
  return new Uint8Array(await request.arrayBuffer())
}

function isStream(given: unknown): boolean {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given
}

async function atHand(reader: Reader, maxBytes: number): Promise<CacheRequest['body']> {
  const taken: Uint8Array[] = []
  let sizeBytes = 0
  for (;;) {
    const reading = reader.read()
    const read = await Promise.race([reading, nextTurn()])
    if (read === LATER || sizeBytes > maxBytes) {
      // It fails only those who go on reading.
      reading.catch(() => undefined)
      return pieces(reader, taken, reading)
    }
    if (read.done) return Buffer.concat(taken)
    const piece = bytesOf(read)
    sizeBytes += piece.byteLength
    taken.push(piece)
  }
}

function nextTurn(): Promise<typeof LATER> {
  return new Promise((resolve) => setImmediate(resolve, LATER))
}

async function* pieces(
  reader: Reader,
  taken: readonly Uint8Array[],
  reading?: Promise<Read>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* taken
    for (let read = await (reading ?? reader.read()); !read.done; read = await reader.read())
      yield bytesOf(read)
  } finally {
    // Where the reader of the pieces left early, whoever writes them is told.
    await reader.cancel().catch(() => undefined)
  }
}

function bytesOf(read: Read): Uint8Array {
  if (read.value instanceof Uint8Array) return read.value
  throw new TypeError('the request body gave a piece that is not a Uint8Array')
}
