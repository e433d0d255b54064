// The door for undici: an interceptor between a dispatcher and those who call it, Node's own fetch included.
import type { Dispatcher } from 'undici'
import { CachetteError } from '../../errors/cachette-error.js'
import { noInstance } from '../../errors/no-instance.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { type Connectable, type Connection, connectionIn } from '../../model/connection.js'
import type { Transport } from '../../model/transport.js'
import { Call } from './call.js'
import { deliver, deliverResponse } from './deliver.js'
import { dispatchTransport } from './dispatch-transport.js'
import { type NativeRequest, readRequest } from './native-request.js'

/**
 * An interceptor that answers from the cache and asks the dispatcher below it for the rest.
 *
 * ```ts
 * setGlobalDispatcher(new Agent().compose(cacheInterceptor(cachette)))
 * ```
 *
 * What it cannot cache goes straight on: upgrades, `CONNECT`, `OPTIONS`, `TRACE`, `expectContinue`, requests without an
 * origin of their own (those of a `Client` or a `Pool`), and those whose `Host` is not the URL's. Interceptors that are
 * composed after it see every call, those composed before it only what goes to the network.
 *
 * Once the instance is closed, calls pass uncached. Answers are known by the request alone. Agents that reach different servers under one name, or that tell who they are
 * by a certificate, need an instance each.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for anything but an instance
 */
export function cacheInterceptor(cachette: Connectable): Dispatcher.DispatcherComposeInterceptor {
  const connection = connectionIn(cachette) ?? noInstance('cacheInterceptor')
  return (dispatch) => (options, handler) => {
    const native = readRequest(options)
    if (native === undefined) return dispatch(options, handler)
    const call = new Call(handler)
    call.start()
    if (call.isOpen) answerCall(call, native, connection, dispatch)
    return true
  }
}

function answerCall(
  call: Call,
  native: NativeRequest,
  connection: Connection,
  dispatch: Dispatcher.Dispatch,
): void {
  const { method } = native
  const transport = dispatchTransport(dispatch, native, call)
  let isAsked = false
  const asking = cacheRequest(call, native, connection, (request) => {
    isAsked = true
    return transport(request)
  })
  const fail = (error: unknown): void => {
    if (isAsked || !CachetteError.is(error) || error.code !== 'CACHETTE_CLOSED') return call.fail(error)
    goStraight(call, native, transport)
  }
  const give = (answer: CacheAnswer): void => {
    try {
      deliver(call, method, answer)
    } catch (error) {
      fail(error)
    }
  }
  try {
    const answer = connection.answer(asking)
    if (answer instanceof Promise) answer.then(give, fail)
    // Nobody expects to be answered before the dispatch has returned.
    else queueMicrotask(() => give(answer))
  } catch (error) {
    queueMicrotask(() => fail(error))
  }
}

/** The instance is closed, and the program goes on: so do its calls. */
function goStraight(call: Call, { method, url, headers, body }: NativeRequest, transport: Transport): void {
  const request = { method, url, headers, signal: call.signal, ...(body === undefined ? {} : { body }) }
  transport(request).then(
    (response) => deliverResponse(call, method, response),
    (error: unknown) => call.fail(error),
  )
}

function cacheRequest(
  call: Call,
  native: NativeRequest,
  connection: Connection,
  transport: Transport,
): CacheRequest {
  const { method, url, headers, body } = native
  return {
    door: 'undici',
    service: connection.claim(url),
    method,
    url,
    params: undefined,
    headers,
    body,
    options: { isHttp: true, redirects: 'hand-back', keepsCoding: true, signal: call.signal },
    transport,
  }
}
