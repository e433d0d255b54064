// The last step: sends the request and hands on the response at its headers, its body decoded as it comes and held to
// the length that was announced.
import { CachetteError } from '../errors/cachette-error.js'
import { endToEndFields, fieldValue, listMembers, withoutFields } from '../http/header-fields.js'
import type { HeaderList } from '../model/header-list.js'
import type { OriginResponse } from '../model/transport.js'
import { ACCEPT_ENCODING, MAX_CODINGS, decoded, decodersOf, isDecodeError } from './decode.js'
import type { OriginCall, OriginReply } from './origin-call.js'

const ENCODING_FIELDS = new Set(['content-encoding', 'content-length'])

/** Responses that have no body, whatever length they speak of. https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
const BODYLESS = new Set([204, 304])

/**
 * Sends a call and resolves at the response's headers.
 *
 * @throws CachetteError `CACHETTE_ORIGIN_UNREACHABLE` where no response came, `CACHETTE_INVALID_RESPONSE` for more
 * content codings than anybody applies
 */
export async function receive(call: OriginCall): Promise<OriginReply> {
  const response = await send(call)
  const { status, statusText, headers } = response
  const codings = listMembers(fieldValue(headers, 'content-encoding')).map((coding) => coding.toLowerCase())
  const lengthBytes = announcedLength(call, response)
  const body = ofLength(call, response.body, lengthBytes)
  const isBodyless = call.method === 'HEAD' || BODYLESS.has(status)
  if (codings.length > MAX_CODINGS && !call.keepsCoding && !isBodyless && status !== 206) {
    letGoOf(response.body)
    throw undecodable(call, undefined)
  }
  // Parts of a coded body are parts of its code.
  const isAsSent = call.keepsCoding || isBodyless || status === 206
  const decoders = isAsSent ? [] : decodersOf(codings)
  const isDecoded = decoders !== undefined && decoders.length > 0
  const kept = isDecoded ? withoutFields(headers, ENCODING_FIELDS) : headers
  return {
    status,
    statusText,
    headers: endToEndFields(kept),
    body: named(call, isDecoded ? decoded(body, decoders) : body),
    sizeBytes: isBodyless ? 0 : isDecoded ? undefined : lengthBytes,
    signal: call.signal,
    cancel: () => letGoOf(response.body),
  }
}

async function send(call: OriginCall): ReturnType<OriginCall['transport']> {
  const { transport, method, url, body, signal } = call
  call.attempts.add()
  try {
    const headers = call.keepsCoding ? call.headers : withAcceptEncoding(call.headers)
    return await transport({ method, url, headers, signal, ...(body === undefined ? {} : { body }) })
  } catch (error) {
    throw unreachable(call, error)
  }
}

/** A part of a body is a part of what it is without coding. */
function withAcceptEncoding(headers: HeaderList): HeaderList {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding')
  const hasRange = headers.some(([name]) => name.toLowerCase() === 'range')
  return [...others, ['accept-encoding', hasRange ? 'identity' : ACCEPT_ENCODING]]
}

/** The length in bytes that the response announced, where it did so in one well-formed value. */
function announcedLength({ method }: OriginCall, { status, headers }: OriginResponse): number | undefined {
  if (method === 'HEAD' || BODYLESS.has(status)) return undefined
  if (fieldValue(headers, 'transfer-encoding') !== undefined) return undefined
  const values = new Set(listMembers(fieldValue(headers, 'content-length')))
  const [value = ''] = values
  return values.size === 1 && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The body as sent, which fails where it is shorter or longer than was said. */
async function* ofLength(
  call: OriginCall,
  body: AsyncIterable<Uint8Array>,
  lengthBytes: number | undefined,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength
    if (lengthBytes !== undefined && sizeBytes > lengthBytes) throw wrongLength(call, lengthBytes)
    yield chunk
  }
  if (lengthBytes !== undefined && sizeBytes < lengthBytes) throw wrongLength(call, lengthBytes)
}

/** The body, with every failure as one of ours. */
async function* named(call: OriginCall, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    if (CachetteError.is(error)) throw error
    throw isDecodeError(error) ? undecodable(call, error) : unreachable(call, error)
  }
}

/** Begins to read and stops: what was never begun would stay open. */
function letGoOf(body: AsyncIterable<Uint8Array>): void {
  const pieces = body[Symbol.asyncIterator]()
  pieces.next().catch(() => undefined)
  pieces.return?.()?.catch(() => undefined)
}

function wrongLength(call: OriginCall, lengthBytes: number): CachetteError {
  const { service, redactedUrl: url } = call
  return new CachetteError(
    'CACHETTE_ORIGIN_UNREACHABLE',
    `${call.method} ${url} got no whole response (its body is not the ${lengthBytes} bytes that were announced); try again`,
    { service, url, attempts: call.attempts.count },
  )
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
