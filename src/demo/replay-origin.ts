// Replays recorded responses from loopback: status, headers and body as recorded, the dates moved to the present.
// Nothing else is made up, 304 included: who sends a condition gets the recorded answer.
import { assertNever } from '../shared/assert-never.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, type Clock } from '../shared/clock.js'
import { booksNotFound } from './books-routes.js'
import { DEFAULT_LATENCY_MS, latencyOf, type LatencyBounds } from './latency.js'
import { calleeOf, createCallCounts, environmentFor } from './local-origin.js'
import type { Callee, DemoRequest, LocalOrigin } from './local-origin.js'
import { startLoopbackServer, type LoopbackReply } from './loopback-server.js'
import { jsonReply } from './provider-routes.js'
import { readRecordings, requestKey, type Recording } from './replay-manifest.js'
import { spotifyNotFound } from './spotify-routes.js'
import { tmdbNotFound } from './tmdb-routes.js'

/** How the replay behaves. */
interface ReplayOriginOptions {
  /** Decides the delays. Default 1. */
  readonly seed?: number
  /** Bounds of the delay in milliseconds. Default 50 to 300. */
  readonly latencyMs?: LatencyBounds
  /** The present to which dates are moved. Default: the system's. */
  readonly clock?: Pick<Clock, 'nowMs'>
  /** Waits out a delay. Default: a timer. */
  readonly wait?: (delayMs: number) => Promise<unknown>
}

/** A GET that can be replayed. The query stands in `path` as recorded, so `params` is empty. */
interface ReplayRequest extends DemoRequest {
  /** The statuses it will answer with, in turn; see {@link createReplayOrigin}. */
  readonly statuses: readonly [number, ...number[]]
}

/** A local origin that knows what it can be asked. */
export interface ReplayOrigin extends LocalOrigin {
  /** Every GET of the three services, once each, in the order of the manifest. */
  readonly requests: readonly ReplayRequest[]
}

/** Headers that belong to the connection of the recording, or describe a coding that the body file is free of. */
const FRAMING = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Starts an origin that replays a folder of recordings.
 *
 * A request is matched by method, path and sorted query; credentials take no part and are not checked. Where one
 * request was recorded several times, each recording is replayed once, in the order of the manifest; from then on
 * the last successful one, or the last where none succeeded. So a 401 followed by a 200 plays out as it did, and a
 * popular request does not end on a refusal. Unknown requests get the provider's own 404. A folder without a
 * recorded token still gives one out, since Spotify cannot be asked without.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where the folder cannot be replayed.
 */
export async function createReplayOrigin(
  folder: string,
  options: ReplayOriginOptions = {},
): Promise<ReplayOrigin> {
  const { seed = 1, latencyMs = DEFAULT_LATENCY_MS, clock = systemClock, wait = sleep } = options
  const tracks = tracksOf(readRecordings(folder))
  const counts = createCallCounts()
  const timesAsked = new Map<string, number>()

  const server = await startLoopbackServer(async ({ method, path, query }) => {
    const place = calleeOf(path)
    if (place === undefined) return { status: 404, headers: [], body: 'Nothing lives at this path.' }
    const key = requestKey(method, place.callee, place.path, query.toString())
    const times = timesAsked.get(key) ?? 0
    timesAsked.set(key, times + 1)
    await wait(latencyOf(latencyMs, seed, `${key} #${times}`))
    const recording = tracks.get(key)?.at(times)
    const reply = recording === undefined ? unknownTo(place.callee) : replay(recording, clock.nowMs())
    counts.add(place.callee, reply.status)
    return reply
  })

  return {
    environment: environmentFor(server),
    calls: counts.calls,
    requests: [...tracks.values()].flatMap(({ recordings }) => requestOf(recordings)),
    stop: () => server.close(),
    close: () => server.close(),
  }
}

/** The recordings of one request, as a tape. */
interface Track {
  readonly recordings: readonly [Recording, ...Recording[]]
  /** What the request gets when it was asked so many times before. */
  at(times: number): Recording
}

function tracksOf(recordings: readonly Recording[]): ReadonlyMap<string, Track> {
  const grouped = new Map<string, [Recording, ...Recording[]]>()
  for (const recording of recordings) {
    const key = requestKey(recording.method, recording.callee, recording.path, recording.query)
    const group = grouped.get(key)
    if (group === undefined) grouped.set(key, [recording])
    else group.push(recording)
  }
  return new Map([...grouped].map(([key, group]) => [key, trackOf(group)]))
}

function trackOf(recordings: readonly [Recording, ...Recording[]]): Track {
  const last = recordings.findLast(({ status }) => status < 400) ?? recordings.at(-1) ?? recordings[0]
  return { recordings, at: (times) => recordings[times] ?? last }
}

function requestOf([first, ...others]: readonly [Recording, ...Recording[]]): readonly ReplayRequest[] {
  const { callee: service, method, path, query } = first
  if (service === 'accounts' || method !== 'GET') return []
  const statuses = [first.status, ...others.map(({ status }) => status)] as const
  return [{ service, path: query === '' ? path : `${path}?${query}`, params: {}, statuses }]
}

function replay({ status, headers, body, recordedAtMs }: Recording, nowMs: number): LoopbackReply {
  const date = headers.find(([name]) => name.toLowerCase() === 'date')?.[1]
  const recordedMs = date === undefined ? recordedAtMs : Date.parse(date)
  const shiftMs = nowMs - recordedMs
  const present = headers
    .filter(([name]) => !FRAMING.has(name.toLowerCase()))
    .map(([name, value]) => {
      const instantMs = ['date', 'expires'].includes(name.toLowerCase()) ? Date.parse(value) : NaN
      const movedMs = instantMs + shiftMs
      // `Expires: 0` and the like are not dates, and stay.
      return [
        name,
        isHttpDate(value) && !Number.isNaN(movedMs) ? new Date(movedMs).toUTCString() : value,
      ] as const
    })
  return { status, headers: present, body, omitDate: true }
}

function isHttpDate(text: string): boolean {
  return /^[A-Za-z]{3,9},? /.test(text)
}

function unknownTo(callee: Callee): LoopbackReply {
  switch (callee) {
    case 'tmdb':
      return tmdbNotFound()
    case 'spotify':
      return spotifyNotFound()
    case 'books':
      return booksNotFound()
    case 'accounts': {
      const token = { access_token: 'demo-token', token_type: 'Bearer', expires_in: 3600, scope: '' }
      return jsonReply(200, [['Content-Type', 'application/json']], token)
    }
    default:
      return assertNever(callee)
  }
}
