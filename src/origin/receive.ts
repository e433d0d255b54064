// The last step: sends the request, undoes the content encoding, and gathers the body within a bound.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4
import { Readable, type Transform, pipeline } from 'node:stream'
import zlib from 'node:zlib'
import { CachetteError } from '../errors/cachette-error.js'
import { cacheControlOf } from '../http/cache-control.js'
import { endToEndFields, fieldValue, listMembers, withoutFields } from '../http/header-fields.js'
import type { HeaderList } from '../model/header-list.js'
import type { OriginCall, OriginReply } from './origin-call.js'

/** No body is gathered beyond this, however large bodies that pass unstored may be: 256 MB. */
const MAX_GATHERED_BYTES = 256 * 1024 ** 2

/** Nobody applies more; each costs memory. */
const MAX_CODINGS = 5

const ENCODING_FIELDS = new Set(['content-encoding', 'content-length'])

/** zstd came to Node with 22.15; older versions do not ask for it. */
const createZstd = (zlib as unknown as { createZstdDecompress?: () => Transform }).createZstdDecompress

/** What is asked for, whatever the caller's own field says: what is stored must be read by everyone. */
const ACCEPT_ENCODING = createZstd === undefined ? 'gzip, br, deflate' : 'gzip, br, zstd, deflate'

/**
 * Sends a call and gathers its answer.
 *
 * @throws CachetteError `CACHETTE_ORIGIN_UNREACHABLE` where no whole response came, `CACHETTE_INVALID_RESPONSE`
 * where it could not be decoded, `CACHETTE_BODY_TOO_LARGE` beyond 256 MB
 */
export async function receive(call: OriginCall): Promise<OriginReply> {
  const { status, headers, body } = await send(call)
  const stopWatching = isWorthKeeping(call, status, headers) ? () => undefined : cancelWhenUnwanted(call)
  const codings = listMembers(fieldValue(headers, 'content-encoding')).map((coding) => coding.toLowerCase())
  if (codings.length > MAX_CODINGS) throw undecodable(call, undefined)
  const decoders = decodersOf(codings)
  const isDecoded = decoders !== undefined && decoders.length > 0
  try {
    const bytes = isDecoded
      ? await gather(call, decoded(body, decoders), 'decode')
      : await gather(call, body, 'read')
    const kept = isDecoded ? withoutFields(headers, ENCODING_FIELDS) : headers
    return { status, headers: endToEndFields(kept), body: bytes }
  } finally {
    stopWatching()
  }
}

/** A body of known size that may be stored serves the next caller, though nobody waits for it now. */
function isWorthKeeping({ policy }: OriginCall, status: number, headers: HeaderList): boolean {
  const length = fieldValue(headers, 'content-length')
  const isBounded = length !== undefined && /^\d+$/.test(length) && Number(length) <= policy.maxBodyBytes
  const isStorable = policy.ignoreNoStore || !cacheControlOf(headers).has('no-store')
  return isBounded && isStorable && status < 500
}

/** Ends the call as soon as nobody waits for it. */
function cancelWhenUnwanted({ interest, cancel, service, method, redactedUrl: url }: OriginCall): () => void {
  const onUnwanted = (): void => {
    interest.giveUp()
    cancel?.(
      new CachetteError('CACHETTE_ORIGIN_UNREACHABLE', `${method} ${url} was no longer wanted`, {
        service,
        url,
      }),
    )
  }
  if (!interest.isWanted()) onUnwanted()
  return interest.onUnwanted(onUnwanted)
}

async function send(call: OriginCall): ReturnType<OriginCall['transport']> {
  const { transport, method, url, body, signal } = call
  call.attempts.add()
  try {
    const headers = withAcceptEncoding(call.headers)
    return await transport({ method, url, headers, signal, ...(body === undefined ? {} : { body }) })
  } catch (error) {
    throw unreachable(call, error)
  }
}

function withAcceptEncoding(headers: HeaderList): HeaderList {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding')
  return [...others, ['accept-encoding', ACCEPT_ENCODING]]
}

/** Decoders in the order in which they undo the codings; undefined where one is unknown: the body then passes as it is. */
function decodersOf(codings: readonly string[]): readonly Transform[] | undefined {
  const decoders: Transform[] = []
  for (const coding of codings.toReversed()) {
    if (coding === 'identity') continue
    if (coding === 'gzip' || coding === 'x-gzip') decoders.push(zlib.createGunzip())
    else if (coding === 'deflate') decoders.push(zlib.createInflate())
    else if (coding === 'br') decoders.push(zlib.createBrotliDecompress())
    else if (coding === 'zstd' && createZstd !== undefined) decoders.push(createZstd())
    else return undefined
  }
  return decoders
}

/** An empty body, such as that of a 304 or of an answer to HEAD, is empty whatever coding its headers speak of. */
async function* decoded(
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

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    // Where the reader left early, the connection is let go of.
    await rest.return?.()
  }
}

async function gather(
  call: OriginCall,
  body: AsyncIterable<Uint8Array>,
  activity: 'read' | 'decode',
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > MAX_GATHERED_BYTES) throw tooLarge(call)
      chunks.push(chunk)
    }
  } catch (error) {
    if (CachetteError.is(error)) throw error
    throw activity === 'decode' && isDecodeError(error) ? undecodable(call, error) : unreachable(call, error)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

function isDecodeError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(Z_|ERR_BROTLI|ERR__ERROR|ERR_ZSTD|ERR_PADDING|ERR_UNEXPECTED)/.test(code)
}

function unreachable(call: OriginCall, cause: unknown): CachetteError {
  const { service, redactedUrl: url } = call
  // A parser's error holds the bytes that it could not read, and those may repeat a credential.
  if (cause instanceof Error && 'data' in cause) Reflect.deleteProperty(cause, 'data')
  const reason = cause instanceof Error ? (codeOf(cause) ?? cause.name) : 'unknown failure'
  return new CachetteError(
    'CACHETTE_ORIGIN_UNREACHABLE',
    `${call.method} ${url} got no whole response (${reason}); check that the origin is up and the URL is right`,
    { service, url, attempts: call.attempts.count, cause },
  )
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code ?? (error.cause instanceof Error ? codeOf(error.cause) : undefined)
}

function undecodable(call: OriginCall, cause: unknown): CachetteError {
  const { service, redactedUrl: url } = call
  return new CachetteError(
    'CACHETTE_INVALID_RESPONSE',
    `${call.method} ${url} answered with a body that does not decode as its Content-Encoding says`,
    { service, url, attempts: call.attempts.count, cause },
  )
}

function tooLarge(call: OriginCall): CachetteError {
  const { service, redactedUrl: url } = call
  return new CachetteError(
    'CACHETTE_BODY_TOO_LARGE',
    `${call.method} ${url} answered with more than ${MAX_GATHERED_BYTES} bytes; ask for less`,
    { service, url, attempts: call.attempts.count },
  )
}
