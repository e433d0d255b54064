// What the caller may change while the call is under way, copied: a call is what it was when it was made.
import { type CacheRequest, isHeaderList } from '../model/cache-request.js'

/** A request that nobody else can change. Bodies that come as streams stay what they are. */
export function ownCopy(request: CacheRequest): CacheRequest {
  const { params, headers, body } = request
  // Doors make the request itself: nobody else has it, only what the caller gave stands in it.
  if (params === undefined && headers === undefined && !(body instanceof Uint8Array)) return request
  return {
    ...request,
    params: params === undefined ? undefined : copyParams(params),
    headers: headers === undefined ? undefined : isHeaderList(headers) ? [...headers] : { ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : body,
  }
}

function copyParams(params: NonNullable<CacheRequest['params']>): NonNullable<CacheRequest['params']> {
  const entries = Object.entries(params)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? [...(value as readonly string[])] : value]),
  )
}
