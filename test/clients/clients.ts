// The clients that are run unchanged: their programs, what no cache may spare them, and how else they can be cached.
import { REFUSALS, type Refusals } from './refusals.js'

/** A program that makes the same calls twice. */
export interface Client {
  /** File name below programs/. */
  readonly program: string
  /**
   * `real-host`: over https to the API's own host, where its profile's TTLs count. `loopback`: over http to an
   * address that no service claims, where RFC 9111 decides.
   */
  readonly reaches: 'real-host' | 'loopback'
  /** Requests that the second round costs with the cache too, in order: `METHOD /path`. */
  readonly neverSpared: readonly string[]
  /** Requests that only the first round costs, with the cache or without: a token that the client keeps. */
  readonly keptByClient: readonly string[]
  /**
   * Fields, in lower case, that the client writes into the settings that its errors show when it sends a request itself.
   * An answer out of a cache has not been sent by it.
   */
  readonly writtenBySending: readonly string[]
  /** What comes of the calls named `missing` and `refused`; absent where the program has none. */
  readonly refusals?: Refusals
}

const TOKEN = 'POST /api/token'

/** A 401 or 403 is kept nowhere, whatever its `Cache-Control` says; the 404 is, for the profile's `negativeTtl`. */
const REFUSED_BY = {
  tmdb: 'GET /3/tv/1396',
  spotify: 'GET /v1/albums/5bU1XKYxHhEwukllT20xtk',
  books: 'GET /books/v1/volumes',
} as const

/** Without a profile a 404 that does not say how long it holds is asked for again. */
const MISSING_FROM_TMDB = 'GET /3/movie/999999999'

/** The name of a program without its folder and ending: the client that it asks with. */
export function clientNameOf(program: string): string {
  return program.replace(/^.*\/|\.[a-z]+$/g, '')
}

function client(program: string, facts: Pick<Client, 'reaches' | 'neverSpared'> & Partial<Client>): Client {
  const refusals = REFUSALS[clientNameOf(program)]
  return {
    program,
    keptByClient: [],
    writtenBySending: [],
    ...facts,
    ...(refusals === undefined ? {} : { refusals }),
  }
}

/** A client of TMDB at its own host. */
const atHost = (program: string): Client =>
  client(program, { reaches: 'real-host', neverSpared: [REFUSED_BY.tmdb] })

/** The same at an address that only `CACHETTE_HOSTS` names. */
const atLoopback = (program: string): Client =>
  client(program, { reaches: 'loopback', neverSpared: [MISSING_FROM_TMDB, REFUSED_BY.tmdb] })

/** SDKs of the three APIs. */
export const SDKS: readonly Client[] = [
  ...['spotify-web-api-ts-sdk.mjs', 'commonjs/spotify-web-api-ts-sdk.js'].map((program) =>
    client(program, { reaches: 'real-host', neverSpared: [REFUSED_BY.spotify], keptByClient: [TOKEN] }),
  ),
  ...['spotify-web-api-node.mjs', 'commonjs/spotify-web-api-node.js'].map((program) =>
    client(program, { reaches: 'real-host', neverSpared: [TOKEN, REFUSED_BY.spotify] }),
  ),
  ...['tmdb-ts.mjs', 'commonjs/tmdb-ts.js', 'moviedb-promise.mjs', 'commonjs/moviedb-promise.js'].map(atHost),
  ...[
    'googleapis-books.mjs',
    'commonjs/googleapis-books.js',
    'google-books-search.mjs',
    'commonjs/google-books-search.js',
  ].map((program) => client(program, { reaches: 'real-host', neverSpared: [REFUSED_BY.books] })),
]

/** Libraries for HTTP. */
export const HTTP_CLIENTS: readonly Client[] = [
  ...['axios.mjs', 'commonjs/axios.js', 'axios-fetch.mjs', 'got.mjs', 'ky.mjs', 'node-fetch.mjs'].map(atHost),
  ...['cross-fetch.mjs', 'commonjs/cross-fetch.js', 'undici.mjs', 'commonjs/undici.js'].map(atHost),
  atHost('openapi-fetch.mjs'),
  ...['axios.mjs', 'got.mjs', 'ky.mjs', 'node-fetch.mjs', 'undici.mjs'].map(atLoopback),
]

/** Those that take a transport of their program's, with an instance put into them. */
export const INJECTED: readonly Client[] = [
  client('injected/spotify-web-api-ts-sdk.mjs', {
    reaches: 'real-host',
    neverSpared: [REFUSED_BY.spotify],
    keptByClient: [TOKEN],
  }),
  client('injected/googleapis-books.mjs', { reaches: 'real-host', neverSpared: [REFUSED_BY.books] }),
  ...['injected/tmdb-ts.mjs', 'injected/moviedb-promise.mjs', 'injected/openapi-fetch.mjs'].map(atHost),
  ...[atHost('injected/axios.mjs'), atLoopback('injected/axios.mjs')].map((axios) => ({
    ...axios,
    writtenBySending: ['accept-encoding', 'user-agent'],
  })),
  ...['injected/axios-fetch.mjs', 'injected/got.mjs', 'injected/ky.mjs'].map(atHost),
  ...['injected/undici.mjs', 'injected/global-fetch.mjs'].map(atHost),
  ...['injected/ky.mjs', 'injected/undici.mjs', 'injected/global-fetch.mjs'].map(atLoopback),
]

/** What Node has built in. */
export const BUILT_IN: readonly Client[] = [
  atHost('global-fetch.mjs'),
  atHost('https-request.mjs'),
  atLoopback('global-fetch.mjs'),
  atLoopback('http-get.mjs'),
  client('named-imports.mjs', { reaches: 'loopback', neverSpared: [] }),
  client('commonjs/require-https.js', { reaches: 'loopback', neverSpared: [] }),
]
