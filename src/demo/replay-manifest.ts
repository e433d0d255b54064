// Reads a folder of recorded responses: MANIFEST.json, checked entry by entry, and the bodies it names.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { join, sep } from 'node:path'
import * as v from 'valibot'
import { configError } from '../errors/cachette-error.js'
import type { HeaderList } from '../model/header-list.js'
import { calleeOf, type Callee } from './local-origin.js'

/** One recorded response and the request it answered. */
export interface Recording {
  /** The body's file, as the manifest names it. */
  readonly file: string
  readonly callee: Callee
  readonly method: string
  /** Below the base URL of the callee. */
  readonly path: string
  /** The query as recorded, without credentials. */
  readonly query: string
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** When it was recorded, where `Date` does not say so; NaN where nothing does. */
  readonly recordedAtMs: number
}

const SERVICE_OF = Object.freeze({
  tmdb: 'tmdb',
  spotify: 'spotify',
  'google-books': 'books',
  books: 'books',
} as const)

const CREDENTIAL_PARAMS = new Set([
  'access_token',
  'api_key',
  'apikey',
  'client_secret',
  'key',
  'session_id',
  'token',
])

const WANTED = 'give one that holds a MANIFEST.json and the body files it names'

const Entry = v.looseObject({
  file: v.pipe(v.string(), v.nonEmpty('expected the name of a body file')),
  provider: v.picklist(Object.keys(SERVICE_OF) as (keyof typeof SERVICE_OF)[]),
  request: v.looseObject({
    method: v.pipe(v.string(), v.toUpperCase(), v.regex(/^[A-Z]+$/, 'expected a method')),
    url: v.pipe(v.string(), v.url()),
  }),
  status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  response_headers: v.record(v.string(), v.union([v.string(), v.array(v.string())])),
  recorded_at: v.optional(v.string()),
})

/**
 * The recordings of a folder, in the order of its manifest.
 *
 * @throws CachetteError `CACHETTE_CONFIG`, with the folder, the entry and what is wrong with it.
 */
export function readRecordings(folder: string): readonly Recording[] {
  const root = realFolder(folder)
  const entries = parseManifest(folder, readManifest(folder, root))
  return entries.map((entry, index) => {
    const where = `recorded responses in '${folder}': entry ${index + 1} (${entry.file})`
    const url = new URL(entry.request.url)
    const place = calleeOf(url.pathname)
    const service = SERVICE_OF[entry.provider]
    const isOfProvider = place?.callee === service || (place?.callee === 'accounts' && service === 'spotify')
    if (place === undefined || !isOfProvider) {
      throw configError(`${where}: '${url.pathname}' is not below the base path of ${entry.provider}`)
    }
    return {
      file: entry.file,
      callee: place.callee,
      method: entry.request.method,
      path: place.path,
      query: withoutCredentials(url.search),
      status: entry.status,
      headers: headerList(entry.response_headers, where),
      body: readBody(root, entry.file, where),
      recordedAtMs: Date.parse(entry.recorded_at ?? ''),
    }
  })
}

/** What two requests share that get the same recording: method, path and query, however written. */
export function requestKey(method: string, callee: Callee, path: string, query: string): string {
  const params = new URLSearchParams(withoutCredentials(query))
  params.sort()
  return `${method} ${callee} ${new URL(path, 'http://localhost').pathname}?${params.toString()}`
}

function realFolder(folder: string): string {
  try {
    const path = realpathSync(folder)
    if (statSync(path).isDirectory()) return path
  } catch (cause) {
    throw configError(`recorded responses: there is no folder '${folder}'; ${WANTED}`, cause)
  }
  throw configError(`recorded responses: '${folder}' is not a folder; ${WANTED}`)
}

function readManifest(folder: string, root: string): unknown {
  let text: string
  try {
    text = readFileSync(join(root, 'MANIFEST.json'), 'utf8')
  } catch (cause) {
    throw configError(`recorded responses: '${folder}' has no readable MANIFEST.json; ${WANTED}`, cause)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw configError(`recorded responses: '${folder}/MANIFEST.json' is not JSON: ${String(cause)}`, cause)
  }
}

function parseManifest(folder: string, json: unknown): v.InferOutput<typeof Entry>[] {
  if (!Array.isArray(json) || json.length === 0) {
    throw configError(
      `recorded responses: '${folder}/MANIFEST.json' must be a list of at least one recording`,
    )
  }
  return json.map((value: unknown, index) => {
    const result = v.safeParse(Entry, value)
    if (result.success) return result.output
    const [issue] = result.issues
    const at = v.getDotPath(issue)
    const name = at === null ? `entry ${index + 1}` : `entry ${index + 1}: ${at}`
    throw configError(`recorded responses: '${folder}/MANIFEST.json', ${name}: ${issue.message}`)
  })
}

function headerList(headers: Readonly<Record<string, string | string[]>>, where: string): HeaderList {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => {
      try {
        validateHeaderName(name)
        validateHeaderValue(name, value)
      } catch (cause) {
        throw configError(`${where}: the header '${name}' cannot be sent: ${String(cause)}`, cause)
      }
      return [name, value] as const
    }),
  )
}

function readBody(root: string, file: string, where: string): Uint8Array {
  let path: string
  try {
    path = realpathSync(join(root, file))
  } catch (cause) {
    throw configError(`${where}: there is no such body file`, cause)
  }
  if (!path.startsWith(root + sep)) throw configError(`${where}: the body file lies outside the folder`)
  try {
    return readFileSync(path)
  } catch (cause) {
    throw configError(`${where}: the body file cannot be read`, cause)
  }
}

/** The query with its wording kept and its credentials gone, without `?`. */
function withoutCredentials(query: string): string {
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '' && !CREDENTIAL_PARAMS.has([...new URLSearchParams(part).keys()][0] ?? ''))
    .join('&')
}
