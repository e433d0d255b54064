import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { countCalls, type LocalOrigin } from './local-origin.js'
import { createReplayOrigin, type ReplayOrigin } from './replay-origin.js'

const RECORDED = fileURLToPath(new URL('../../../shared/recorded', import.meta.url))
const AT_ONCE = { wait: () => Promise.resolve() }
const NOW_MS = Date.UTC(2026, 0, 15, 12)

const MOVIE = {
  file: 'movie.json',
  provider: 'tmdb',
  request: {
    method: 'GET',
    url: 'http://api.themoviedb.org/3/movie/550?api_key=REDACTED&language=en&b=2&a=1',
  },
  status: 200,
  response_headers: {
    date: 'Sat, 26 Nov 2022 18:52:46 GMT',
    expires: 'Sat, 26 Nov 2022 19:52:46 GMT',
    'last-modified': 'Sat, 26 Nov 2022 10:00:00 GMT',
    'cache-control': 'public, max-age=28800',
    'content-encoding': 'gzip',
    'transfer-encoding': 'chunked',
    connection: 'keep-alive',
    'content-length': '999',
    age: '12',
    etag: 'W/"abc"',
    'set-cookie': ['one=1', 'two=2'],
  },
}
const MOVIE_BODY = '{"id":550}'

let folder: string
let origin: LocalOrigin | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cachette-replay-'))
})
afterEach(async () => {
  await origin?.close()
  origin = undefined
  rmSync(folder, { recursive: true, force: true })
})

function writeManifest(entries: unknown): void {
  writeFileSync(
    join(folder, 'MANIFEST.json'),
    typeof entries === 'string' ? entries : JSON.stringify(entries),
  )
  writeFileSync(join(folder, 'movie.json'), MOVIE_BODY)
  writeFileSync(join(folder, 'error.json'), '{"error":true}')
}

async function start(entries: unknown): Promise<ReplayOrigin> {
  writeManifest(entries)
  const started = await createReplayOrigin(folder, { ...AT_ONCE, clock: createFakeClock(NOW_MS) })
  origin = started
  return started
}

/** Headers with their repetition and order, which fetch would merge. */
function rawGet(url: string): Promise<{ status: number; headers: [string, string][]; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { rawHeaders } = response
        const headers = rawHeaders.flatMap((name, index): [string, string][] =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
        )
        resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('a replay', () => {
  it('gives status, headers and body as recorded, save framing, with Date and Expires moved alike', async () => {
    const { environment } = await start([MOVIE])
    const answer = await rawGet(`${environment.TMDB_BASE_URL}/movie/550?language=en&a=1&b=2`)
    expect(answer.status).toBe(200)
    expect(answer.body).toBe(MOVIE_BODY)
    expect(answer.headers.slice(0, 8)).toEqual([
      ['date', 'Thu, 15 Jan 2026 12:00:00 GMT'],
      ['expires', 'Thu, 15 Jan 2026 13:00:00 GMT'],
      ['last-modified', 'Sat, 26 Nov 2022 10:00:00 GMT'],
      ['cache-control', 'public, max-age=28800'],
      ['age', '12'],
      ['etag', 'W/"abc"'],
      ['set-cookie', 'one=1'],
      ['set-cookie', 'two=2'],
    ])
    expect(answer.headers.slice(8).map(([name]) => name.toLowerCase())).toEqual([
      'content-length',
      'connection',
      'keep-alive',
    ])
  })

  it('matches whatever the credentials and the order of parameters, and nothing else', async () => {
    const { environment, calls } = await start([MOVIE])
    const base = environment.TMDB_BASE_URL
    const statusOf = async (path: string) => (await fetch(base + path)).status
    expect(await statusOf('/movie/550?b=2&api_key=x&a=1&language=en')).toBe(200)
    expect(await statusOf('/movie/550?a=1&b=2&language=de')).toBe(404)
    expect(await statusOf('/movie/550')).toBe(404)
    expect(calls.tmdb).toEqual({ 200: 1, 404: 2 })
    const missing: unknown = await (await fetch(`${base}/nothing`)).json()
    expect(missing).toMatchObject({ status_code: 34 })
  })

  it('leaves Expires alone where it is no date, and sends no Date where none was recorded', async () => {
    const headers = { expires: '-1', 'content-type': 'application/json' }
    const { environment } = await start([{ ...MOVIE, response_headers: headers }])
    const answer = await rawGet(`${environment.TMDB_BASE_URL}/movie/550?language=en&a=1&b=2`)
    expect(answer.headers[0]).toEqual(['expires', '-1'])
    expect(answer.headers.some(([name]) => name.toLowerCase() === 'date')).toBe(false)
  })

  it('plays several recordings of one request in order, then the last that succeeded', async () => {
    const refused = { ...MOVIE, status: 401, file: 'error.json' }
    const { environment, requests } = await start([refused, MOVIE, { ...refused, status: 503 }])
    const statuses: number[] = []
    for (let times = 0; times < 5; times += 1) {
      statuses.push((await fetch(`${environment.TMDB_BASE_URL}/movie/550?language=en&a=1&b=2`)).status)
    }
    expect(statuses).toEqual([401, 200, 503, 200, 200])
    expect(requests).toEqual([
      { service: 'tmdb', path: '/movie/550?language=en&b=2&a=1', params: {}, statuses: [401, 200, 503] },
    ])
  })

  it('gives out a token where none was recorded', async () => {
    const { environment } = await start([MOVIE])
    const response = await fetch(`${environment.SPOTIFY_ACCOUNTS_URL}/api/token`, { method: 'POST' })
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
  })

  it('refuses connections once stopped', async () => {
    const { environment, stop } = await start([MOVIE])
    await stop()
    await expect(fetch(`${environment.TMDB_BASE_URL}/movie/550`)).rejects.toThrow()
  })
})

describe('a folder that cannot be replayed is refused by name:', () => {
  const refusalOf = () => createReplayOrigin(folder, AT_ONCE).catch((error: unknown) => error)

  it('no folder', async () => {
    const error = await createReplayOrigin(join(folder, 'none')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'CACHETTE_CONFIG',
      message: expect.stringContaining("none'") as string,
    })
  })

  it.each<[string, unknown, RegExp]>([
    ['bad JSON', '[{', /MANIFEST\.json' is not JSON/],
    ['no list', {}, /must be a list/],
    ['an empty list', [], /at least one recording/],
    ['a status that is none', [MOVIE, { ...MOVIE, status: 'ok' }], /entry 2: status/],
    ['an unknown provider', [{ ...MOVIE, provider: 'imdb' }], /entry 1: provider/],
    ['a missing body file', [{ ...MOVIE, file: 'gone.json' }], /entry 1 \(gone\.json\).*no such body file/],
    ['a path out of the folder', [{ ...MOVIE, file: '../../../../etc/passwd' }], /outside the folder/],
    ['a path to the folder itself', [{ ...MOVIE, file: '.' }], /outside the folder/],
    [
      'a URL of another API',
      [{ ...MOVIE, request: { method: 'GET', url: 'https://example.com/x' } }],
      /not below the base path of tmdb/,
    ],
    [
      'a header that breaks the protocol',
      [{ ...MOVIE, response_headers: { 'x-a': 'b\r\nc: d' } }],
      /the header 'x-a' cannot be sent/,
    ],
  ])('%s', async (_, manifest, message) => {
    writeManifest(manifest)
    expect(await refusalOf()).toMatchObject({
      code: 'CACHETTE_CONFIG',
      message: expect.stringMatching(message) as string,
    })
  })

  it('no manifest', async () => {
    expect(await refusalOf()).toMatchObject({
      message: expect.stringContaining('no readable MANIFEST') as string,
    })
  })

  it('a link out of the folder', async () => {
    mkdirSync(join(folder, 'inside'))
    const outside = mkdtempSync(join(tmpdir(), 'cachette-outside-'))
    writeFileSync(join(outside, 'secret.json'), '{}')
    symlinkSync(join(outside, 'secret.json'), join(folder, 'inside', 'link.json'))
    writeManifest([{ ...MOVIE, file: 'inside/link.json' }])
    expect(await refusalOf()).toMatchObject({
      message: expect.stringContaining('outside the folder') as string,
    })
    rmSync(outside, { recursive: true })
  })
})

describe('the recorded responses of the three APIs', () => {
  it.runIf(existsSync(RECORDED))(
    'are replayed with the statuses, bodies and headers of their manifest',
    async () => {
      interface Recorded {
        readonly file: string
        readonly request: { readonly method: string; readonly url: string }
        readonly status: number
        readonly response_headers: Readonly<Record<string, string>>
      }
      const manifest = JSON.parse(readFileSync(join(RECORDED, 'MANIFEST.json'), 'utf8')) as Recorded[]
      const replay = await createReplayOrigin(RECORDED, AT_ONCE)
      origin = replay
      const server = replay.environment.SPOTIFY_ACCOUNTS_URL
      const changing = new Set(['date', 'expires', 'connection', 'keep-alive', 'transfer-encoding'])
      for (const name of ['content-length', 'content-encoding']) changing.add(name)
      for (const { file, request, status, response_headers: headers } of manifest) {
        const { pathname, search } = new URL(request.url)
        const response = await fetch(server + pathname + search, { method: request.method })
        expect(response.status).toBe(status)
        expect(Buffer.from(await response.arrayBuffer()).equals(readFileSync(join(RECORDED, file)))).toBe(
          true,
        )
        for (const [name, value] of Object.entries(headers)) {
          if (!changing.has(name))
            expect([file, name, response.headers.get(name)]).toEqual([file, name, value])
        }
        const ageMs = Date.now() - Date.parse(response.headers.get('date') ?? '')
        expect(Math.abs(ageMs)).toBeLessThan(60_000)
      }
      expect(countCalls(replay.calls)).toBe(manifest.length)
      const distinct = new Set(replay.requests.map(({ service, path }) => service + path))
      expect(distinct.size).toBe(replay.requests.length)
      expect(replay.requests.length).toBeGreaterThan(60)
    },
  )
})
