// Hands an answer to its caller, no faster than the caller takes it.
import { STATUS_CODES } from 'node:http'
import type { AnswerBody } from '../../model/answer-body.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { HeaderList } from '../../model/header-list.js'
import { answerFields } from '../../http/answer-fields.js'
import type { Call } from './call.js'

/** No piece is larger, however large a body is that is at hand: a caller who stops has little more to hold. */
const PIECE_BYTES = 64 * 1024

/** Delivers an answer; one that its caller has left is let go of. */
export function deliver(call: Call, method: string, answer: CacheAnswer): void {
  const { status, statusText, body } = answer
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  if (call.isOpen)
    call.respond(status, answerFields(answer, hasBody), statusText ?? STATUS_CODES[status] ?? '')
  const trailers = (): HeaderList => (isFromThisCall(answer) ? call.trailers : [])
  if (!hasBody || !call.isOpen) {
    body.discard()
    return call.end(trailers())
  }
  const small = smallBody(body)
  if (small === undefined || call.flow.isPaused) return void stream(call, body, trailers)
  if (small.byteLength > 0) call.take(Buffer.from(small))
  if (call.flow.isPaused) void call.flow.resumed().then(() => call.end(trailers()))
  else call.end(trailers())
}

/** Trailers are not stored, so what came from the store has none, whatever was fetched behind it. */
function isFromThisCall({ outcome }: CacheAnswer): boolean {
  return outcome === 'miss' || outcome === 'bypass'
}

function smallBody({ whole }: AnswerBody): Uint8Array | undefined {
  return whole !== undefined && !whole.isRemote && whole.sizeBytes <= PIECE_BYTES ? whole.bytes() : undefined
}

async function stream(call: Call, body: AnswerBody, trailers: () => HeaderList): Promise<void> {
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
