// Hands an answer to its caller, no faster than the caller takes it.
import { STATUS_CODES } from 'node:http'
import type { AnswerBody } from '../../model/answer-body.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { HeaderList } from '../../model/header-list.js'
import type { OriginResponse } from '../../model/transport.js'
import { answerFields } from '../../http/answer-fields.js'
import type { Call } from './call.js'

/** No piece is larger, however large a body is that is at hand: a caller who stops has little more to hold. */
const PIECE_BYTES = 64 * 1024

/** Delivers an answer; one that its caller has left is let go of. */
export function deliver(call: Call, method: string, answer: CacheAnswer): void {
  const { status, statusText, body } = answer
  const fields = answerFields(answer, hasBody(method, status))
  const trailers = (): HeaderList => (isFromThisCall(answer) ? call.trailers : [])
  deliverParts(call, method, { status, statusText, fields, body, trailers })
}

/** Delivers what came past the cache. */
export function deliverResponse(call: Call, method: string, response: OriginResponse): void {
  const { status, statusText, headers: fields, body: source } = response
  const body = { whole: undefined, stream: () => source, discard: () => void drain(source) }
  deliverParts(call, method, { status, statusText, fields, body, trailers: () => call.trailers })
}

interface Parts {
  readonly status: number
  readonly statusText: string | undefined
  readonly fields: HeaderList
  readonly body: Body
  readonly trailers: () => HeaderList
}

type Body = Pick<AnswerBody, 'whole' | 'stream' | 'discard'>

function deliverParts(call: Call, method: string, parts: Parts): void {
  const { status, statusText, fields, body, trailers } = parts
  if (call.isOpen) call.respond(status, fields, statusText ?? STATUS_CODES[status] ?? '')
  if (!hasBody(method, status) || !call.isOpen) {
    body.discard()
    return call.end(trailers())
  }
  const small = smallBody(body)
  if (small === undefined || call.flow.isPaused) return void stream(call, body, trailers)
  body.discard()
  if (small.byteLength > 0) call.take(Buffer.from(small))
  if (call.flow.isPaused) void call.flow.resumed().then(() => call.end(trailers()))
  else call.end(trailers())
}

function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** Trailers are not stored, so what came from the store has none, whatever was fetched behind it. */
function isFromThisCall({ outcome }: CacheAnswer): boolean {
  return outcome === 'miss' || outcome === 'bypass'
}

function smallBody({ whole }: Body): Uint8Array | undefined {
  return whole !== undefined && !whole.isRemote && whole.sizeBytes <= PIECE_BYTES ? whole.bytes() : undefined
}

async function stream(call: Call, body: Body, trailers: () => HeaderList): Promise<void> {
  const chunks = body.stream()[Symbol.asyncIterator]()
  // A reader that waits for the source would not notice that its caller has left.
  const letGo = (): void => void Promise.resolve(chunks.return?.()).catch(() => undefined)
  call.signal.addEventListener('abort', letGo, { once: true })
  try {
    await call.flow.resumed()
    for (let next = await chunks.next(); next.done !== true && call.isOpen; next = await chunks.next())
      await hand(call, next.value)
    call.end(trailers())
  } catch (error) {
    call.fail(error)
  }
  call.signal.removeEventListener('abort', letGo)
}

/** In copies: other callers read the same bytes. */
async function hand(call: Call, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength && call.isOpen; at += PIECE_BYTES) {
    call.take(Buffer.from(chunk.subarray(at, at + PIECE_BYTES)))
    if (call.flow.isPaused) await call.flow.resumed()
  }
}

/** Read to its end, which is near: its connection can then be used again. */
async function drain(source: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _piece of source);
  } catch {
    // Nobody wants it.
  }
}
