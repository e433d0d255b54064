// The network of a call through the interceptor: the dispatcher that it wraps, and no other.
import type { Dispatcher } from 'undici'
import type { OriginRequest, Transport } from '../../model/transport.js'
import type { Call } from './call.js'
import type { NativeRequest } from './native-request.js'
import { NetworkHandler } from './network-handler.js'

interface Target {
  readonly origin: string | URL
  readonly path: string
  readonly servername?: undefined
}

/** Makes the transport of one call, which passes on whatever else the caller asked of undici. */
export function dispatchTransport(
  dispatch: Dispatcher.Dispatch,
  native: NativeRequest,
  call: Call,
): Transport {
  return (request) =>
    new Promise((resolve, reject) => {
      const handler = new NetworkHandler(request.signal, {
        onInformation: (status, fields, statusText) => call.inform(status, fields, statusText),
        onResponse: resolve,
        onTrailers: (trailers) => (call.trailers = trailers),
        onFailure: reject,
      })
      if (request.signal.aborted) return
      try {
        dispatch(dispatchOptions(request, native), handler)
      } catch (error) {
        handler.onError(error as Error)
      }
    })
}

function dispatchOptions(request: OriginRequest, native: NativeRequest): Dispatcher.DispatchOptions {
  const { query: _query, ...others } = native.options
  // A body that the cache left alone goes out as it came: undici knows more forms than there are here.
  const body = request.body === native.body ? native.options.body : request.body
  const options = {
    ...others,
    ...target(request.url, native),
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers.flat(),
    body: body as Dispatcher.DispatchOptions['body'],
    // The caller's own would end the call for everyone who waits for it.
    signal: request.signal,
  }
  return options as Dispatcher.DispatchOptions
}

/** The URL in undici's two halves, byte for byte. What was said of the caller's server counts for no other. */
function target(url: string, native: NativeRequest): Target {
  const origin = native.options.origin ?? native.origin
  if (url === native.url) return { origin, path: native.path }
  const [bare = url] = url.split('#', 1)
  if (bare.startsWith(`${native.origin}/`)) return { origin, path: bare.slice(native.origin.length) }
  const parsed = new URL(bare)
  return { origin: parsed.origin, path: `${parsed.pathname}${parsed.search}`, servername: undefined }
}
