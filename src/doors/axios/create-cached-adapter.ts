// The adapter: an axios that is given it asks the cache first.
import type { AxiosAdapter, AxiosStatic } from 'axios'
import { configError } from '../../errors/cachette-error.js'
import { noInstance } from '../../errors/no-instance.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { type Connectable, type Connection, connectionIn } from '../../model/connection.js'
import { axiosErrorOf } from './axios-error.js'
import { axiosRequest } from './axios-request.js'
import { axiosResponse, settle } from './axios-response.js'
import { BodyStream } from './body-stream.js'
import { createCallerSignals } from './caller-signal.js'
import { checkAxios, loadAxios } from './load-axios.js'
import { responseData } from './response-data.js'
import { createResponseHeaders } from './response-headers.js'

/** Options of the adapter. */
export interface CachedAdapterOptions {
  /**
   * True gives all callers one and the same object of JSON, deeply frozen, which costs no parsing. Default false: axios
   * parses the text afresh for each caller.
   */
  frozen?: boolean
}

/**
 * Makes an adapter: `axios.create({ adapter: createCachedAdapter(cachette) })`.
 *
 * What goes to the network goes over axios's own, with the agents, proxies and TLS options of the call. A call with
 * `socketPath`, `transport`, `beforeRedirect`, `sensitiveHeaders`, `onDownloadProgress` or `maxRate` goes past the cache,
 * and so does one whose agent has a certificate, an authority or a check of its own, or asks for no proof. Redirects are
 * followed by the cache, `maxRedirects` of them but at most 20; `maxRedirects: 0` hands them back. Responses have
 * `cachette`, which says where they came from; errors are axios's own, with the cache's error as their cause.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where axios is not installed, or for a wrong argument
 */
export function createCachedAdapter(cachette: Connectable, options: CachedAdapterOptions = {}): AxiosAdapter {
  const connection = connectionIn(cachette) ?? noInstance('createCachedAdapter')
  const isFrozen = isFrozenIn(options)
  checkAxios()
  let adapter: AxiosAdapter | undefined
  return async (config) => {
    adapter ??= createAdapter(connection, isFrozen, await loadAxios())
    return adapter(config)
  }
}

function createAdapter(connection: Connection, isFrozen: boolean, axios: AxiosStatic): AxiosAdapter {
  const headersOf = createResponseHeaders(axios.AxiosHeaders)
  const callerSignalOf = createCallerSignals(axios)
  const send = axios.getAdapter('http')
  const network = { send, AxiosHeaders: axios.AxiosHeaders }
  const requestParts = { axios, connection, network, plain: new axios.Axios({}) }

  return async (config) => {
    const caller = callerSignalOf(config)
    const { signal } = caller
    let request: CacheRequest | undefined
    let stream: BodyStream | undefined
    let answer: CacheAnswer | undefined
    try {
      request = axiosRequest(config, signal, requestParts)
      if (request === undefined) return await send(config)
      const given = connection.answer(request)
      if (given instanceof Promise) caller.watch()
      answer = given instanceof Promise ? await given : given
      const found = responseData(answer, { axios, config, request, isFrozen, signal })
      if (found instanceof Promise) caller.watch()
      const data: unknown = found instanceof Promise ? await found : found
      if (data instanceof BodyStream) stream = data
      return settle(axiosResponse(answer, data, { config, headersOf, request }), axios)
    } catch (error) {
      const response = request && answer && axiosResponse(answer, undefined, { config, headersOf, request })
      throw axiosErrorOf(error, { axios, config, request, response })
    } finally {
      if (stream === undefined) caller.release()
      else caller.follow(stream)
    }
  }
}

function isFrozenIn(options: CachedAdapterOptions): boolean {
  for (const name of Object.keys(options)) {
    if (name !== 'frozen')
      throw configError(`createCachedAdapter: unknown option "${name}"; it knows "frozen"`)
  }
  const { frozen = false } = options
  if (typeof frozen === 'boolean') return frozen
  throw configError(`createCachedAdapter: frozen is ${JSON.stringify(frozen)}; expected true or false`)
}
