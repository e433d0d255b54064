// What one imitated API consists of, and the table of paths that its answers come from. Pure.
import { createHash } from 'node:crypto'
import type { HeaderList } from '../model/header-list.js'
import type { Fault } from './faults.js'
import type { LoopbackReply, LoopbackRequest } from './loopback-server.js'

/** One imitated API. Paths of requests are below its base URL. */
export interface ProviderRoutes {
  /** The API's own refusal where the caller does not prove who it is, else undefined. */
  refuse(request: LoopbackRequest): LoopbackReply | undefined
  /** The API's own words for a fault. */
  fail(fault: Fault): LoopbackReply
  /** The answer to a request that may be answered. */
  answer(request: LoopbackRequest): LoopbackReply
}

/** What a route makes of a request; undefined is the API's 404. */
export type RouteBody = { readonly status: number; readonly body: unknown } | undefined

/** What a route sees of a request. */
export interface RouteCall {
  readonly query: URLSearchParams
  /** The address of the server with the API's base path, and the path below it. */
  readonly baseUrl: string
  readonly path: string
  /** The part of the path that a `:name` of the pattern stands for, decoded. */
  value(name: string): string
}

/** One path pattern (`/movie/:id/credits`) with the headers and the body of its answer. */
export interface Route {
  readonly pattern: string
  readonly headers: HeaderList
  readonly etag: 'weak' | 'strong' | 'none'
  body(call: RouteCall): RouteBody
}

/** A body found. */
export function found(body: unknown): RouteBody {
  return { status: 200, body }
}

/** A body that goes by the id asked for, where that id stands for an item known by another. */
export function renamed(body: RouteBody, known: string, asked: string): RouteBody {
  if (body === undefined || known === asked) return body
  return { ...body, body: JSON.parse(JSON.stringify(body.body).replaceAll(known, asked)) as unknown }
}

/** The first route whose pattern fits the path, and its values. */
export function matchRoute(
  routes: readonly Route[],
  path: string,
): { readonly route: Route; value(name: string): string } | undefined {
  const parts = path.split('/')
  for (const route of routes) {
    const wanted = route.pattern.split('/')
    if (wanted.length !== parts.length) continue
    const values = new Map<string, string>()
    const isMatch = wanted.every((part, index) => {
      const given = parts[index] ?? ''
      if (!part.startsWith(':')) return part === given
      values.set(part.slice(1), decode(given))
      return given !== ''
    })
    if (isMatch) return { route, value: (name) => values.get(name) ?? '' }
  }
  return undefined
}

/** A reply with a JSON body. */
export function jsonReply(status: number, headers: HeaderList, body: unknown): LoopbackReply {
  return { status, headers, body: JSON.stringify(body) }
}

/** A reply with a JSON body and the validator that its route promises. */
export function routeReply(route: Route, body: unknown): LoopbackReply {
  const reply = jsonReply(200, route.headers, body)
  if (route.etag === 'none') return reply
  const digest = createHash('md5').update(reply.body).digest('hex')
  const etag = route.etag === 'weak' ? `W/"${digest}"` : `"${digest}"`
  return { ...reply, headers: [...reply.headers, ['ETag', etag]] }
}

/** A whole number from the query, or the fallback where it is absent; undefined where it is out of bounds. */
export function numberFrom(
  query: URLSearchParams,
  name: string,
  bounds: { readonly fallback: number; readonly min: number; readonly max: number },
): number | undefined {
  const text = query.get(name)
  if (text === null) return bounds.fallback
  const value = Number(text)
  return Number.isInteger(value) && value >= bounds.min && value <= bounds.max ? value : undefined
}

/** Positions of the names that contain words of the text, most words first; at most `limit`. */
export function searchNames(names: readonly string[], text: string, limit: number): readonly number[] {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
  return names
    .map((name, position) => {
      const lower = name.toLowerCase()
      return { position, score: words.filter((word) => lower.includes(word)).length }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.position - b.position)
    .slice(0, limit)
    .map(({ position }) => position)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
