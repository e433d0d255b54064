// From the engine's errors to axios's: the code and the words of the network error where there is one, and the engine's
// error, which tells what was tried, as the cause.
import type { AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import { CachetteError } from '../../errors/cachette-error.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { AnsweredRequest } from './answered-request.js'

/** The call that failed. */
export interface FailedCall {
  readonly axios: AxiosStatic
  readonly config: InternalAxiosRequestConfig
  /** Undefined where it failed before there was one. */
  readonly request: CacheRequest | undefined
}

/** What the caller gets for an error. */
export function axiosErrorOf(error: unknown, { axios, config, request }: FailedCall): unknown {
  if (axios.isAxiosError(error) || !CachetteError.is(error)) return error
  const network = networkErrorIn(error) ?? invalidUrl(request)
  const code = network?.code ?? codeOf(error, axios, config)
  const asked = request === undefined ? undefined : new AnsweredRequest(request.method, request.url)
  const made = axios.AxiosError.from(network ?? error, code, config, asked)
  if (network === undefined) made.name = 'AxiosError'
  Object.defineProperty(made, 'cause', {
    value: error,
    writable: true,
    enumerable: false,
    configurable: true,
  })
  return made
}

/** The innermost error that has a code, as network and decoding errors do. */
function networkErrorIn(error: CachetteError): (Error & { readonly code: string }) | undefined {
  let found: (Error & { readonly code: string }) | undefined
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (hasCode(cause) && !CachetteError.is(cause)) found = cause
  }
  return found
}

/** What Node says of a URL that is none. */
function invalidUrl(request: CacheRequest | undefined): (Error & { readonly code: string }) | undefined {
  try {
    if (request !== undefined) new URL(request.url)
  } catch (error) {
    if (error instanceof Error && hasCode(error)) return error
  }
  return undefined
}

function hasCode(error: Error): error is Error & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string'
}

function codeOf(
  { code }: CachetteError,
  { AxiosError }: AxiosStatic,
  config: InternalAxiosRequestConfig,
): string {
  if (code === 'CACHETTE_TIMEOUT') {
    const isClear = config.transitional?.clarifyTimeoutError === true
    return isClear ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED
  }
  if (code === 'CACHETTE_ORIGIN_UNREACHABLE') return 'ERR_NETWORK'
  if (code === 'CACHETTE_INVALID_RESPONSE' || code === 'CACHETTE_BODY_TOO_LARGE')
    return AxiosError.ERR_BAD_RESPONSE
  return code
}
