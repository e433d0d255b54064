// The header fields of an answer as axios hands them out: names in lower case, repeated ones joined as Node joins them.
import type { AxiosHeaders, AxiosResponseHeaders, RawAxiosResponseHeaders } from 'axios'
import { cacheStatus } from '../../http/cache-status.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { HeaderList } from '../../model/header-list.js'

/** Fields of which Node keeps the first. https://nodejs.org/api/http.html#messageheaders */
const FIRST_ONLY = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

type Fields = Record<string, string | string[]>

/** Makes the header object of an answer, for the axios that the request's headers are of. */
export type ResponseHeadersOf = (
  answer: CacheAnswer,
  requestHeaders: object,
) => AxiosResponseHeaders | RawAxiosResponseHeaders

/**
 * Makes them from axios's own class. axios puts the names of each response in order several times, which costs more than
 * all else in a hit; what comes from here is in order until somebody changes it.
 */
export function createResponseHeaders(Base: typeof AxiosHeaders): ResponseHeadersOf {
  const known = new WeakMap<HeaderList, Fields>()

  class AnswerHeaders extends Base {
    #orderedNames = -1

    static of(stored: Fields, answer: CacheAnswer): AnswerHeaders {
      const headers = new AnswerHeaders()
      fill(headers as unknown as Fields, stored, answer)
      headers.#orderedNames = Object.keys(headers).length
      return headers
    }

    override normalize(format: boolean): AxiosHeaders {
      const isInOrder = !format && Object.keys(this).length === this.#orderedNames
      return isInOrder ? this : super.normalize(format)
    }
  }

  return (answer, requestHeaders) => {
    let stored = known.get(answer.headers)
    if (stored === undefined) {
      stored = fieldsOf(answer.headers, (name) => name in AnswerHeaders.prototype)
      known.set(answer.headers, stored)
    }
    // An app may hold another copy of axios, which makes its own out of a plain object.
    if (!(requestHeaders instanceof Base)) return fill({}, stored, answer)
    return AnswerHeaders.of(stored, answer) as AxiosResponseHeaders
  }
}

/** Puts the fields into an empty object, ours behind them. Spreading would cost ten times as much. */
function fill(headers: Fields, stored: Fields, answer: CacheAnswer): Fields {
  const filled = Object.assign(headers, stored)
  const earlier = stored['cache-status']
  const own = cacheStatus(answer)
  filled['cache-status'] = earlier === undefined ? own : `${String(earlier)}, ${own}`
  const isFromCache = answer.tier !== 'origin' || answer.outcome === 'revalidated'
  if (isFromCache) filled['age'] = String(Math.floor(answer.ageMs / 1000))
  return filled
}

function fieldsOf(headers: HeaderList, isReserved: (name: string) => boolean): Fields {
  const fields: Fields = {}
  for (const [rawName, value] of headers) {
    const lower = rawName.toLowerCase()
    const name = isReserved(lower) ? slotOf(lower) : lower
    const before = fields[name]
    if (lower === 'set-cookie') fields[name] = Array.isArray(before) ? [...before, value] : [value]
    else if (before === undefined) fields[name] = value
    else if (!FIRST_ONLY.has(lower)) fields[name] = `${String(before)}, ${value}`
  }
  return fields
}

/** A field named like a method of the class stands where axios itself puts it. */
function slotOf(name: string): string {
  return name === '__proto__' ? '__Proto__' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
