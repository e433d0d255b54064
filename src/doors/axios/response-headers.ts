// The header fields of an answer as axios hands them out: names in lower case, repeated ones joined as Node joins them.
import type { AxiosHeaders, AxiosResponseHeaders } from 'axios'
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

type Fields = Readonly<Record<string, string | string[]>>

/** Makes the header object of an answer. */
export type ResponseHeadersOf = (answer: CacheAnswer) => AxiosResponseHeaders

/**
 * Makes them from axios's own class. axios puts the names of each response in order several times, which costs more than
 * all else in a hit; what comes from here is in order until somebody changes it.
 */
export function createResponseHeaders(Base: typeof AxiosHeaders): ResponseHeadersOf {
  const known = new WeakMap<HeaderList, Fields>()

  class AnswerHeaders extends Base {
    #orderedNames = -1

    static of(fields: Fields, answer: CacheAnswer): AnswerHeaders {
      const headers = Object.assign(new AnswerHeaders(), fields) as AnswerHeaders &
        Record<string, string | undefined>
      const earlier = headers['cache-status']
      const own = cacheStatus(answer)
      headers['cache-status'] = earlier === undefined ? own : `${earlier}, ${own}`
      if (answer.tier !== 'origin') headers['age'] = String(Math.floor(answer.ageMs / 1000))
      headers.#orderedNames = Object.keys(headers).length
      return headers
    }

    override normalize(format: boolean): AxiosHeaders {
      const isInOrder = !format && Object.keys(this).length === this.#orderedNames
      return isInOrder ? this : super.normalize(format)
    }
  }

  return (answer) => {
    let fields = known.get(answer.headers)
    if (fields === undefined) {
      fields = fieldsOf(answer.headers, (name) => name in AnswerHeaders.prototype)
      known.set(answer.headers, fields)
    }
    return AnswerHeaders.of(fields, answer) as unknown as AxiosResponseHeaders
  }
}

function fieldsOf(headers: HeaderList, isReserved: (name: string) => boolean): Fields {
  const fields: Record<string, string | string[]> = {}
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
