// What every origin of the demo gives its user: an environment that moves the services there, counters, an end.
import type { LoopbackServer } from './loopback-server.js'

/** The three APIs, as services. */
export const DEMO_SERVICES = ['tmdb', 'spotify', 'books'] as const

/** One of the three APIs. */
export type DemoService = (typeof DEMO_SERVICES)[number]

/** Who was called: a service, or Spotify's accounts server, which gives out tokens. */
export type Callee = DemoService | 'accounts'

/** The variables that put a local origin in the place of the three APIs. */
interface OriginEnvironment extends Readonly<Record<string, string>> {
  readonly TMDB_BASE_URL: string
  readonly TMDB_API_KEY: string
  readonly SPOTIFY_BASE_URL: string
  readonly SPOTIFY_ACCOUNTS_URL: string
  readonly SPOTIFY_CLIENT_ID: string
  readonly SPOTIFY_CLIENT_SECRET: string
  readonly GOOGLE_BOOKS_BASE_URL: string
  readonly GOOGLE_BOOKS_API_KEY: string
}

/** Calls answered so far, by callee and status. */
type CallCounts = Readonly<Record<Callee, Readonly<Record<number, number>>>>

/** A local stand-in for the three APIs. */
export interface LocalOrigin {
  readonly environment: OriginEnvironment
  /** Live: it grows as calls are answered. */
  readonly calls: CallCounts
  /** Refuses connections from now on, as an API that is down. */
  stop(): Promise<void>
  /** Lets go of everything; calls {@link stop} where that was not done. */
  close(): Promise<void>
}

/** A request below a service's base URL, as the demo and the tests ask for it. */
export interface DemoRequest {
  readonly service: DemoService
  /** Begins with `/`; may carry a query of its own. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
}

/** Where each callee lives below the one server's address. */
export const BASE_PATHS: Readonly<Record<DemoService, string>> = Object.freeze({
  tmdb: '/3',
  spotify: '/v1',
  books: '/books/v1',
})

/** The path of the token endpoint, below the accounts server. */
const TOKEN_PATH = '/api/token'

/** Credentials that the demo's origin accepts; they open nothing else. */
export const DEMO_CREDENTIALS = Object.freeze({
  TMDB_API_KEY: 'demo-tmdb-key',
  SPOTIFY_CLIENT_ID: 'demo-spotify-client',
  SPOTIFY_CLIENT_SECRET: 'demo-spotify-secret',
  GOOGLE_BOOKS_API_KEY: 'demo-books-key',
})

/** The environment that leads to a server. */
export function environmentFor(server: LoopbackServer): OriginEnvironment {
  return {
    ...DEMO_CREDENTIALS,
    TMDB_BASE_URL: server.origin + BASE_PATHS.tmdb,
    SPOTIFY_BASE_URL: server.origin + BASE_PATHS.spotify,
    SPOTIFY_ACCOUNTS_URL: server.origin,
    GOOGLE_BOOKS_BASE_URL: server.origin + BASE_PATHS.books,
  }
}

/** Splits a path of the server into the callee and what stands below its base; undefined for anything else. */
export function calleeOf(path: string): { readonly callee: Callee; readonly path: string } | undefined {
  if (path === TOKEN_PATH) return { callee: 'accounts', path }
  for (const service of DEMO_SERVICES) {
    const base = BASE_PATHS[service]
    if (path.startsWith(`${base}/`)) return { callee: service, path: path.slice(base.length) }
  }
  return undefined
}

/** Counters with a way to add to them. */
export function createCallCounts(): {
  readonly calls: CallCounts
  add(callee: Callee, status: number): void
} {
  const calls: Record<Callee, Record<number, number>> = { tmdb: {}, spotify: {}, books: {}, accounts: {} }
  return {
    calls,
    add(callee, status) {
      calls[callee][status] = (calls[callee][status] ?? 0) + 1
    },
  }
}

/** The number of calls, of one callee or of all. */
export function countCalls(calls: CallCounts, callee?: Callee): number {
  const tables = callee === undefined ? Object.values(calls) : [calls[callee]]
  return tables.flatMap((table) => Object.values(table)).reduce((sum, count) => sum + count, 0)
}
