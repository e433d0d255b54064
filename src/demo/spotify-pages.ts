// Spotify's pages: `limit` and `offset`, absolute links with the query in alphabetical order, and refusals. Pure.
import { numberFrom, type RouteBody, type RouteCall } from './provider-routes.js'

/** A Spotify error body. */
export function spotifyError(status: number, message: string): NonNullable<RouteBody> {
  return { status, body: { error: { status, message } } }
}

/** One page over positions; its links lead to the path of the call. */
interface PageRequest {
  readonly positions: readonly number[]
  readonly item: (position: number) => unknown
  readonly fallbackLimit: number
  readonly maxLimit: number
}

/** The page that the query asks for, or Spotify's refusal of its numbers. */
export function spotifyPage(
  { positions, item, fallbackLimit, maxLimit }: PageRequest,
  { query, baseUrl, path }: RouteCall,
): { readonly page: object } | { readonly refusal: NonNullable<RouteBody> } {
  const limit = numberFrom(query, 'limit', { fallback: fallbackLimit, min: 1, max: maxLimit })
  const offset = numberFrom(query, 'offset', { fallback: 0, min: 0, max: 1000 })
  if (limit === undefined) return { refusal: spotifyError(400, 'Invalid limit') }
  if (offset === undefined) return { refusal: spotifyError(400, 'Invalid offset') }
  const total = positions.length
  const linkTo = (from: number): string => {
    const params = new URLSearchParams(query)
    params.set('limit', String(limit))
    params.set('offset', String(from))
    params.sort()
    return `${baseUrl}${path}?${params.toString()}`
  }
  return {
    page: {
      href: linkTo(offset),
      items: positions.slice(offset, offset + limit).map(item),
      limit,
      next: offset + limit < total ? linkTo(offset + limit) : null,
      offset,
      previous: offset > 0 ? linkTo(Math.max(0, offset - limit)) : null,
      total,
    },
  }
}
