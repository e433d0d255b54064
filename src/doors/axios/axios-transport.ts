// The network of this door: axios's own, so that agents, proxies, lookups and TLS options of a call keep working. It is
// used to send one request and to hand on the response as it comes; redirects, decoding and limits are others' work.
import { Readable } from 'node:stream'
import type {
  AxiosAdapter,
  AxiosHeaders,
  AxiosResponse,
  InternalAxiosRequestConfig,
  RawAxiosHeaders,
} from 'axios'
import { pairsOfFlat } from '../../http/raw-fields.js'
import type { HeaderList } from '../../model/header-list.js'
import type { OriginRequest, OriginResponse, Transport } from '../../model/transport.js'
import { NativeBody } from './request-body.js'

/** What the transport needs of axios. */
export interface AxiosNetwork {
  readonly send: AxiosAdapter
  readonly AxiosHeaders: typeof AxiosHeaders
}

/** The transport of one call. */
export function axiosTransport(network: AxiosNetwork, config: InternalAxiosRequestConfig): Transport {
  return async (request) => {
    try {
      return originResponse(await network.send(networkConfig(network, config, request)))
    } catch (error) {
      throw request.signal.aborted ? request.signal.reason : bareError(error)
    }
  }
}

/** The caller's options as far as they concern the wire, and the request as the cache wants it sent. */
function networkConfig(
  { AxiosHeaders }: AxiosNetwork,
  config: InternalAxiosRequestConfig,
  { method, url, headers, body, signal }: OriginRequest,
): InternalAxiosRequestConfig {
  const {
    baseURL,
    params,
    paramsSerializer,
    allowAbsoluteUrls,
    auth,
    data,
    cancelToken,
    timeout,
    responseEncoding,
    ...wire
  } = config
  const fields = headerRecord(headers)
  if (config.headers['User-Agent'] === false) fields['User-Agent'] = false
  return {
    ...wire,
    url,
    method,
    headers: new AxiosHeaders(fields),
    data: sentBody(body),
    signal,
    responseType: 'stream',
    decompress: false,
    maxRedirects: 0,
    maxContentLength: -1,
    validateStatus: null,
  }
}

function sentBody(body: OriginRequest['body']): unknown {
  if (body instanceof NativeBody) return body.data
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return body === undefined ? undefined : Readable.from(body, { objectMode: false })
}

function headerRecord(headers: HeaderList): RawAxiosHeaders {
  const record: Record<string, string | string[] | boolean> = {}
  for (const [name, value] of headers) {
    const before = record[name]
    if (before === undefined) record[name] = value
    else record[name] = Array.isArray(before) ? [...before, value] : [String(before), value]
  }
  return record
}

function originResponse(response: AxiosResponse<unknown>): OriginResponse {
  const body = response.data as Readable & { readonly rawHeaders?: readonly string[] }
  return {
    status: response.status,
    statusText: response.statusText ?? '',
    headers: body.rawHeaders === undefined ? joinedFields(response) : pairsOfFlat(body.rawHeaders),
    body,
  }
}

function joinedFields({ headers }: AxiosResponse<unknown>): HeaderList {
  return Object.entries(headers as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    name.startsWith(':') || value === undefined || value === null
      ? []
      : (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const),
  )
}

/**
 * What went wrong beneath axios: an error of its own holds the request, and with it credentials. Whether the connection had
 * been used before is kept, since one that died unused since says nothing of the origin.
 */
function bareError(error: unknown): unknown {
  if (!(error instanceof Error) || !('isAxiosError' in error)) return error
  const { request } = error as { readonly request?: { readonly reusedSocket?: boolean } }
  const facts = {
    ...('code' in error ? { code: error.code } : {}),
    ...(request?.reusedSocket === true ? { isReusedSocket: true } : {}),
  }
  if (error.cause instanceof Error) return Object.assign(error.cause, facts)
  return Object.assign(new Error(error.message), facts)
}
