// The URL that axios would ask for, and whose name it carries.
import type { Axios, AxiosRequestConfig, InternalAxiosRequestConfig } from 'axios'

/** A URL without user and password, and these where it had any. */
export interface RequestUrl {
  readonly url: string
  readonly basic: string | undefined
}

/**
 * The absolute URL of a call; undefined where it is none of http or https, or not well formed. `plain` is an axios
 * without defaults.
 */
export function requestUrl(
  config: InternalAxiosRequestConfig,
  plain: Pick<Axios, 'getUri'>,
): RequestUrl | undefined {
  const url = fullUrl(config, plain)
  if (url === undefined || !/^https?:\/\//i.test(url)) return undefined
  return url.includes('@') ? withoutUser(url) : { url, basic: undefined }
}

function fullUrl(config: InternalAxiosRequestConfig, plain: Pick<Axios, 'getUri'>): string | undefined {
  const { url, baseURL, params, allowAbsoluteUrls } = config
  if (typeof url !== 'string' && typeof baseURL !== 'string') return undefined
  const isWhole = baseURL === undefined || (allowAbsoluteUrls !== false && /^https?:\/\//i.test(url ?? ''))
  if (isWhole && (params === undefined || params === null)) return url
  try {
    return plain.getUri(urlPartsOf(config))
  } catch {
    // Its own network says what is wrong with it.
    return undefined
  }
}

function urlPartsOf(config: InternalAxiosRequestConfig): AxiosRequestConfig {
  const parts: Record<string, unknown> = {}
  for (const name of ['url', 'baseURL', 'params', 'paramsSerializer', 'allowAbsoluteUrls'] as const) {
    if (config[name] !== undefined) parts[name] = config[name]
  }
  return parts
}

function withoutUser(text: string): RequestUrl | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username === '' && url.password === '') return { url: text, basic: undefined }
  const basic = `${decoded(url.username)}:${decoded(url.password)}`
  url.username = ''
  url.password = ''
  return { url: url.href, basic }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
