// One request of node:http, answered by the engine: its socket gets the answer, or the error that the network gave.
import type { ClientRequest } from 'node:http'
import { CachetteError } from '../../../errors/cachette-error.js'
import type { CacheAnswer } from '../../../model/cache-answer.js'
import type { CacheRequest } from '../../../model/cache-request.js'
import { CONNECTION, type Connectable } from '../../../model/connection.js'
import type { OriginResponse, Transport } from '../../../model/transport.js'
import { answerFields } from '../../../http/answer-fields.js'
import type { Target } from '../instance.js'
import { AnswerSocket, SecureAnswerSocket } from './answer-socket.js'
import { type CallFields, callFields } from './call-fields.js'
import { type WholeResponse, giveResponse } from './give-response.js'
import { hasBody } from './message.js'
import { networkOf } from './network.js'
import { requestFields } from './request-fields.js'
import type { AgentSettings, RequestOptions } from './request-target.js'

/** A whole request without a body. */
export interface WholeCall {
  readonly request: ClientRequest
  readonly options: RequestOptions
  readonly agent: AgentSettings
  readonly service: string
  readonly target: Target
}

/** The same, its fields parted. */
interface ReadCall extends WholeCall, CallFields {}

/**
 * Asks the engine and sees to the request. False where the request is not for the cache, and has not been touched.
 *
 * @throws CachetteError where the engine does not take the call; the request has then not been touched either
 */
export function answerCall(call: WholeCall, cachette: Connectable): boolean {
  const { request, options, target } = call
  const fields = callFields(requestFields(request, options['headers']), target.host)
  if (fields === undefined) return false
  askEngine({ ...call, ...fields }, cachette)
  return true
}

function askEngine(call: ReadCall, cachette: Connectable): void {
  const { request } = call
  const { method } = request
  const leaving = new AbortController()
  const { signal } = leaving
  const leave = (): void => leaving.abort()
  const socket = request.protocol === 'https:' ? new SecureAnswerSocket(leave) : new AnswerSocket(leave)
  socket.setTimeout(timeoutOf(call))
  const network = networkOf({ ...call, url: call.target.url }, (real) => socket.standFor(real))

  const give = (response: WholeResponse): void => {
    // Once the request is sent, as it would be on the network.
    if (request.writableFinished || socket.destroyed) void giveResponse(socket, method, response)
    else request.once('finish', () => void giveResponse(socket, method, response))
  }
  const deliver = (given: CacheAnswer): void => give(responseOf(method, given))
  const fail = (error: unknown): void => void socket.destroy(networkError(error))
  const goStraight = (): void => {
    const { endToEnd: headers } = call
    network({ method, url: call.target.url, headers, signal }).then((direct) => give(asItCame(direct)), fail)
  }

  let isAsked = false
  const asking = cacheRequest(call, signal, (asked) => {
    isAsked = true
    return network(asked)
  })
  const ask = (): CacheAnswer | Promise<CacheAnswer> => cachette[CONNECTION].answer(asking)
  const take = (answer: CacheAnswer | Promise<CacheAnswer>): void => {
    if (!(answer instanceof Promise)) deliver(answer)
    else answer.then(deliver, (error: unknown) => (isAsked || !isRefusal(error) ? fail(error) : goStraight()))
  }

  if (socket instanceof SecureAnswerSocket) {
    // Its program sees the socket first: one that waits for the handshake is going to look at the certificate.
    const decide = (): void => {
      if (socket.destroyed) return
      if (socket.listenerCount('secureConnect') > 0) goStraight()
      else take(Promise.resolve().then(ask))
    }
    request.once('socket', () => process.nextTick(decide))
    request.onSocket(socket)
    return
  }
  const answer = ask()
  request.onSocket(socket)
  take(answer)
}

function cacheRequest(call: ReadCall, signal: AbortSignal, transport: Transport): CacheRequest {
  const { request, service, target, endToEnd } = call
  return {
    door: 'register',
    service,
    method: request.method,
    url: target.url,
    params: undefined,
    headers: endToEnd,
    body: undefined,
    options: { isHttp: true, redirects: 'hand-back', keepsCoding: true, signal },
    transport,
  }
}

function responseOf(method: string, answer: CacheAnswer): WholeResponse {
  const { status, statusText, body } = answer
  return { status, statusText, headers: answerFields(answer, hasBody(method, status)), body }
}

function asItCame({ status, statusText, headers, body }: OriginResponse): WholeResponse {
  const discard = (): void => void body[Symbol.asyncIterator]().return?.()
  return { status, statusText, headers, body: { whole: undefined, stream: () => body, discard } }
}

/** The request's own inactivity timeout, else its agent's, in milliseconds; 0 for none. */
function timeoutOf({ options, agent }: WholeCall): number {
  const timeout = options['timeout'] ?? agent.options?.['timeout']
  return typeof timeout === 'number' ? timeout : 0
}

/** True where the engine would not take the call at all: that is no reason not to make it. */
function isRefusal(error: unknown): boolean {
  return CachetteError.is(error) && (error.code === 'CACHETTE_CLOSED' || error.code === 'CACHETTE_CONFIG')
}

/** What the network said, where it did: programs look at its code. */
function networkError(error: unknown): Error {
  let found = error
  while (CachetteError.is(found) && found.code === 'CACHETTE_ORIGIN_UNREACHABLE' && isError(found.cause)) {
    found = found.cause
  }
  return isError(found) ? found : new Error(String(found), { cause: found })
}

function isError(value: unknown): value is Error {
  return value instanceof Error
}
