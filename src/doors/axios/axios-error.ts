// From the engine's errors to axios's: the code and the words of the network error where there is one, and the engine's
// error, which tells what was tried, as the cause.
import type { AxiosError, AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import { CachetteError } from '../../errors/cachette-error.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { AnsweredRequest } from './answered-request.js'

/** The call that failed. */
export interface FailedCall {
  readonly axios: AxiosStatic
  readonly config: InternalAxiosRequestConfig
  /** Undefined where it failed before there was one. */
  readonly request: CacheRequest | undefined
  /** Without its data: what failed is the body. */
  readonly response?: AxiosResponse | undefined
}

/** The word of Node for a response whose connection was lost. */
const ABORTED = 'aborted'
const TOO_MANY_REDIRECTS = /was redirected more than \d+ times$/

/** What the caller gets for an error. */
export function axiosErrorOf(error: unknown, call: FailedCall): unknown {
  if (call.axios.isAxiosError(error)) return withRequest(error, call)
  if (!CachetteError.is(error)) return error
  const made = madeOf(error, call)
  Object.defineProperty(made, 'cause', {
    value: error,
    writable: true,
    enumerable: false,
    configurable: true,
  })
  return made
}

/** An error of this very call: those that were made while there was no request lack it. */
function withRequest(error: AxiosError, { config, request }: FailedCall): AxiosError {
  if (error.config === config && request !== undefined) error.request ??= askedFor(request)
  return error
}

function madeOf(error: CachetteError, { axios, config, request, response }: FailedCall): AxiosError {
  const { AxiosError } = axios
  const network = networkErrorIn(error) ?? invalidUrl(request) ?? tooManyRedirects(error)
  const asked = request === undefined ? undefined : askedFor(request)
  if (network?.message === ABORTED && config.responseType !== 'stream') {
    return new AxiosError('stream has been aborted', AxiosError.ERR_BAD_RESPONSE, config, asked, response)
  }
  const code = network?.code ?? codeOf(error, axios, config)
  const made = AxiosError.from(network ?? error, code, config, asked, response)
  if (network === undefined) made.name = 'AxiosError'
  return made
}

function askedFor({ method, url }: CacheRequest): AnsweredRequest {
  return new AnsweredRequest(method, url)
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

/** What follow-redirects says, which axios uses. */
function tooManyRedirects(error: CachetteError): (Error & { readonly code: string }) | undefined {
  if (error.code !== 'CACHETTE_INVALID_RESPONSE' || !TOO_MANY_REDIRECTS.test(error.message)) return undefined
  const found = new Error('Maximum number of redirects exceeded')
  const code = 'ERR_FR_TOO_MANY_REDIRECTS'
  return Object.assign(found, { code, name: `Error [${code}]` })
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
