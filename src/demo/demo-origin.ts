// The demo's origin: one loopback server that answers like TMDB, Spotify and Google Books, with their delays,
// their validators and, now and then, their refusals.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, type Clock } from '../shared/clock.js'
import { createBooksRoutes } from './books-routes.js'
import { loadCatalogue } from './catalogue.js'
import { DEFAULT_FAULT_RATE, faultOf } from './faults.js'
import { DEFAULT_LATENCY_MS, latencyOf, type LatencyBounds } from './latency.js'
import { calleeOf, createCallCounts, environmentFor } from './local-origin.js'
import type { Callee, DemoService, LocalOrigin } from './local-origin.js'
import { startLoopbackServer, type LoopbackReply, type LoopbackRequest } from './loopback-server.js'
import type { ProviderRoutes } from './provider-routes.js'
import { createSpotifyRoutes } from './spotify-routes.js'
import { createSpotifyTokens } from './spotify-tokens.js'
import { createTmdbRoutes } from './tmdb-routes.js'

/** How the origin behaves. */
export interface DemoOriginOptions {
  /** Decides delays and faults, each for itself and whatever order calls come in. Default 1. */
  readonly seed?: number
  /** Bounds of the delay in milliseconds. Default 50 to 300. */
  readonly latencyMs?: LatencyBounds
  /** The share of calls that fail, 0 to 1. Default 0.01. Calls for tokens never fail. */
  readonly faultRate?: number
  /** How long a Spotify token lives, in seconds. Default 3600. */
  readonly tokenLifeSeconds?: number
  /** Tells when tokens end. Default: the system's. */
  readonly clock?: Pick<Clock, 'nowMs'>
  /** Waits out a delay. Default: a timer. */
  readonly wait?: (delayMs: number) => Promise<unknown>
}

/** Starts the origin on a free port of 127.0.0.1. */
export async function createDemoOrigin(options: DemoOriginOptions = {}): Promise<LocalOrigin> {
  const { seed = 1, latencyMs = DEFAULT_LATENCY_MS, faultRate = DEFAULT_FAULT_RATE } = options
  const { tokenLifeSeconds: lifeSeconds = 3600, clock = systemClock, wait = sleep } = options
  const catalogue = loadCatalogue()
  const tokens = createSpotifyTokens({ seed, lifeSeconds, nowMs: () => clock.nowMs() })
  const providers: Readonly<Record<DemoService, ProviderRoutes>> = {
    tmdb: createTmdbRoutes(catalogue),
    spotify: createSpotifyRoutes(catalogue, tokens),
    books: createBooksRoutes(catalogue),
  }
  const counts = createCallCounts()
  const timesAsked = new Map<string, number>()

  const server = await startLoopbackServer(async (request) => {
    const callee = calleeOf(request.path)
    if (callee === undefined) return { status: 404, headers: [], body: 'Nothing lives at this path.' }
    const subject = nextSubject(request)
    await wait(latencyOf(latencyMs, seed, subject))
    const reply = replyOf({ ...request, path: callee.path }, callee.callee, subject)
    counts.add(callee.callee, reply.status)
    return reply
  })

  function replyOf(request: LoopbackRequest, callee: Callee, subject: string): LoopbackReply {
    if (callee === 'accounts') return tokens.answer(request)
    const provider = providers[callee]
    const refusal = provider.refuse(request)
    if (refusal !== undefined) return refusal
    const fault = faultOf(faultRate, seed, subject)
    if (fault !== undefined) return provider.fail(fault)
    return notModified(provider.answer(request), request.headers['if-none-match'])
  }

  /** Names a call by what it asks for and the how-manieth of its kind it is. */
  function nextSubject({ method, path, query }: LoopbackRequest): string {
    const request = `${method} ${path}?${query.toString()}`
    const times = (timesAsked.get(request) ?? 0) + 1
    timesAsked.set(request, times)
    return `${request} #${times}`
  }

  return {
    environment: environmentFor(server),
    calls: counts.calls,
    stop: () => server.close(),
    close: () => server.close(),
  }
}

/** Turns an answer whose validator the caller already holds into a 304 (RFC 9110, 13.1.2: weak comparison). */
function notModified(reply: LoopbackReply, condition: string | undefined): LoopbackReply {
  const etag = reply.headers.find(([name]) => name === 'ETag')?.[1]
  if (etag === undefined || condition === undefined) return reply
  const held = condition.split(',').map((text) => text.trim().replace(/^W\//, ''))
  const isHeld = held.includes('*') || held.includes(etag.replace(/^W\//, ''))
  const headers = reply.headers.filter(([name]) => name !== 'Content-Type')
  return isHeld ? { status: 304, headers, body: '' } : reply
}
