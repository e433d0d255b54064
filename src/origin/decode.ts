// Undoes content codings as the body comes. https://www.rfc-editor.org/rfc/rfc9110#section-8.4
import { Readable, Transform, pipeline } from 'node:stream'
import zlib from 'node:zlib'

/** Nobody applies more; each costs memory. */
export const MAX_CODINGS = 5

/** zstd came to Node with 22.15; older versions do not ask for it. */
const createZstd = (zlib as unknown as { createZstdDecompress?: () => Transform }).createZstdDecompress

/** What is asked for, whatever the caller's own field says: what is stored must be read by everyone. */
export const ACCEPT_ENCODING = createZstd === undefined ? 'gzip, br, deflate' : 'gzip, br, zstd, deflate'

/** Decoders in the order in which they undo the codings; undefined where one is unknown: the body then passes as it is. */
export function decodersOf(codings: readonly string[]): readonly Transform[] | undefined {
  const decoders: Transform[] = []
  for (const coding of codings.toReversed()) {
    if (coding === 'identity') continue
    if (coding === 'gzip' || coding === 'x-gzip') decoders.push(zlib.createGunzip())
    else if (coding === 'deflate') decoders.push(new LenientInflate())
    else if (coding === 'br') decoders.push(zlib.createBrotliDecompress())
    else if (coding === 'zstd' && createZstd !== undefined) decoders.push(createZstd())
    else return undefined
  }
  return decoders
}

/** An empty body, such as that of a 304 or of an answer to HEAD, is empty whatever coding its headers speak of. */
export async function* decoded(
  body: AsyncIterable<Uint8Array>,
  decoders: readonly Transform[],
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done === true) return
  const source = Readable.from(startingWith(first.value, chunks), { objectMode: false })
  // Errors reach whoever reads the end of the chain, so the callback has nothing to add.
  yield* pipeline([source, ...decoders], () => undefined) as unknown as AsyncIterable<Uint8Array>
}

/** `deflate` as it is meant, and as many servers send it: without the frame round it. */
class LenientInflate extends Transform {
  #inflate: Transform | undefined

  override _transform(chunk: Uint8Array, encoding: BufferEncoding, done: () => void): void {
    this.#inflate ??= this.#begin((chunk[0] ?? 0) & 0x0f)
    this.#inflate.write(chunk, encoding, () => done())
  }

  override _flush(done: () => void): void {
    if (this.#inflate === undefined) return done()
    this.#inflate.once('end', () => done())
    this.#inflate.end()
  }

  #begin(method: number): Transform {
    const inflate = method === 8 ? zlib.createInflate() : zlib.createInflateRaw()
    inflate.on('data', (piece: Uint8Array) => this.push(piece))
    inflate.on('error', (error) => this.destroy(error))
    return inflate
  }
}

/** True for an error of a decoder, not of the network beneath it. */
export function isDecodeError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(Z_|ERR_BROTLI|ERR__ERROR|ERR_ZSTD|ERR_PADDING|ERR_UNEXPECTED)/.test(code)
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    // Where the reader left early, the connection is let go of.
    await rest.return?.()
  }
}
