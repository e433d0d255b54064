// From the config of one call to the engine's request.
import type { Axios, AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import type { CacheRequest, CallOptions } from '../../model/cache-request.js'
import type { Connection } from '../../model/connection.js'
import { type AxiosNetwork, axiosTransport } from './axios-transport.js'
import { type NativeBody, requestBody } from './request-body.js'
import { requestHeaders } from './request-headers.js'
import { requestUrl } from './request-url.js'
import { isPastTheCache } from './uncacheable-options.js'

/** What requests are made with. */
export interface RequestParts {
  readonly axios: AxiosStatic
  /** An axios without defaults. */
  readonly plain: Pick<Axios, 'getUri'>
  readonly network: AxiosNetwork
  readonly connection: Connection
}

/**
 * The request; undefined for a call that is axios's own network's alone, such as one to a `data:` URL.
 *
 * @throws AxiosError `ERR_BAD_REQUEST` for a body beyond `maxBodyLength`
 */
export function axiosRequest(
  config: InternalAxiosRequestConfig,
  signal: AbortSignal | undefined,
  { axios, plain, network, connection }: RequestParts,
): CacheRequest | undefined {
  const target = isPastTheCache(config) ? undefined : requestUrl(config, plain)
  if (target === undefined) return undefined
  const body = requestBody(config.data)
  if (isTooLong(body, config)) {
    const { AxiosError } = axios
    throw new AxiosError('Request body larger than maxBodyLength limit', AxiosError.ERR_BAD_REQUEST, config)
  }
  return {
    door: 'axios',
    service: connection.claim(target.url),
    method: (config.method ?? 'GET').toUpperCase(),
    url: target.url,
    params: undefined,
    headers: requestHeaders(config, target.basic),
    body,
    options: callOptions(config, signal),
    transport: axiosTransport(network, config),
  }
}

function callOptions(config: InternalAxiosRequestConfig, signal: AbortSignal | undefined): CallOptions {
  const { maxRedirects } = config
  return {
    isHttp: true,
    redirects: maxRedirects === 0 ? 'hand-back' : 'follow',
    keepsCoding: config.decompress === false,
    ...(typeof maxRedirects === 'number' && maxRedirects > 0 ? { maxRedirects } : {}),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Streams are measured as they are sent. */
function isTooLong(
  body: Uint8Array | NativeBody | undefined,
  { maxBodyLength }: InternalAxiosRequestConfig,
): boolean {
  if (maxBodyLength === undefined || maxBodyLength < 0 || !(body instanceof Uint8Array)) return false
  return body.byteLength > maxBodyLength
}
