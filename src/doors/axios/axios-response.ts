// From the cache's answer to axios's response, or to its error where the status is not one that the caller takes.
import { STATUS_CODES } from 'node:http'
import type { AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { AnsweredRequest } from './answered-request.js'
import type { ResponseHeadersOf } from './response-headers.js'

/** Where an answer came from, and why. */
export type CachedAnswerFacts = Pick<CacheAnswer, 'outcome' | 'because' | 'ageMs' | 'ttlMs' | 'tier' | 'key'>

/** A response of a cached axios: what `client.get(url) as CachedResponse<T>` has beside axios's own fields. */
export type CachedResponse<Data = unknown> = AxiosResponse<Data> & {
  /** Frozen. */
  readonly cachette: CachedAnswerFacts
}

/** What a response is made of, beside the answer. */
export interface ResponseParts {
  readonly config: InternalAxiosRequestConfig
  readonly headersOf: ResponseHeadersOf
  readonly request: CacheRequest
}

/** The response with its data, whatever the status. */
export function axiosResponse(
  answer: CacheAnswer,
  data: unknown,
  { config, headersOf, request }: ResponseParts,
): CachedResponse {
  const { status, outcome, because, ageMs, ttlMs, tier, key } = answer
  const headers = headersOf(answer, config.headers)
  // There is nothing that would still have to be decoded.
  const isEmpty = request.method === 'HEAD' || status === 204
  if (isEmpty && config.decompress !== false) delete headers['content-encoding']
  return {
    data,
    status,
    statusText: answer.statusText ?? STATUS_CODES[status] ?? '',
    headers,
    config,
    request: new AnsweredRequest(request.method, answer.redirectedTo ?? request.url),
    cachette: Object.freeze({ outcome, because, ageMs, ttlMs, tier, key }),
  }
}

/**
 * Gives the response back where `validateStatus` takes its status, as axios does.
 *
 * @throws AxiosError `ERR_BAD_REQUEST` for a refused 4xx, `ERR_BAD_RESPONSE` for any other
 */
export function settle(response: CachedResponse, { AxiosError }: AxiosStatic): CachedResponse {
  const { status, config } = response
  const { validateStatus } = config
  if (!status || !validateStatus || validateStatus(status)) return response
  throw new AxiosError(
    `Request failed with status code ${status}`,
    status >= 400 && status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE,
    config,
    response.request,
    response,
  )
}
