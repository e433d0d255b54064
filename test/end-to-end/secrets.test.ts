import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ExternalOptions } from '../../src/doors/service/external-options.js'
import { BooksService } from '../../src/providers/books/service.js'
import { SpotifyService } from '../../src/providers/spotify/service.js'
import { TMDBService } from '../../src/providers/tmdb/service.js'
import { type CacheWorld, newFolder, openWorld, type WorldOptions } from '../helpers/cache-world.js'
import { APP_CREDENTIALS, providerEnvironment, serveTokens } from '../helpers/provider-origin.js'

/** A secret with characters that are written differently in URLs and in JSON. */
const SECRET = 'zqXv7/Wp+3Jk9&Tm=c'

interface Kind {
  readonly title: string
  readonly secret: string
  /** Turns a URL into the call that carries the secret. */
  readonly call: (url: string) => readonly [url: string, options: ExternalOptions]
  readonly world?: WorldOptions
}

const lowerEscapes = (text: string): string => text.replace(/%../g, (escape) => escape.toLowerCase())

const header = (name: string, value = SECRET): Kind => ({
  title: `header ${name}`,
  secret: SECRET,
  call: (url) => [url, { headers: { [name]: value } }],
})
const param = (name: string): Kind => ({
  title: `parameter ${name}`,
  secret: SECRET,
  call: (url) => [url, { params: { [name]: SECRET } }],
})

const KINDS: readonly Kind[] = [
  header('Authorization', `Bearer ${SECRET}`),
  header('authorization', `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`),
  header('Cookie', `sid=${SECRET}`),
  ...['X-API-Key', 'X-Auth-Token', 'Ocp-Apim-Subscription-Key', 'X-Goog-Api-Key', 'Proxy-Authorization'].map(
    (name) => header(name),
  ),
  ...[
    'api_key',
    'apikey',
    'apiKey',
    'key',
    'token',
    'access_token',
    'session_id',
    'client_secret',
    'API_KEY',
  ].map(param),
  {
    title: 'a parameter in the URL, encoded as the caller likes',
    secret: SECRET,
    call: (url) => [`${url}?api_key=${lowerEscapes(encodeURIComponent(SECRET))}`, {}],
  },
  {
    title: 'a parameter that the operator names',
    secret: SECRET,
    call: (url) => [url, { params: { appid: SECRET } }],
    world: { service: { key: { credentialParams: ['appid'] } } },
  },
  {
    title: 'user and password in the URL',
    secret: 'passWordQ7/x9Zk',
    call: (url) => [url.replace('://', `://user:${encodeURIComponent('passWordQ7/x9Zk')}@`), {}],
  },
  {
    title: 'a header of the service',
    secret: SECRET,
    call: (url) => [url, {}],
    world: { service: { headers: { Authorization: `Bearer ${SECRET}` } } },
  },
  {
    title: 'a parameter of the service',
    secret: SECRET,
    call: (url) => [url, {}],
    world: { service: { params: { api_key: SECRET } } },
  },
]

/** A round through everything that a call can meet. */
async function round(world: CacheWorld, kind: Kind): Promise<readonly unknown[]> {
  const { origin, api, clock, cachette } = world
  const echo = ({ url }: { url: string }) => url.replace(/^[^?]*/, '/landing')
  for (const path of ['/good', '/landing', '/never-seen']) origin.on(path, { json: { path } })
  origin.on('/redirect', (request) => ({ status: 302, headers: { location: echo(request) } }))
  origin.on('/absolute', (request) => ({
    status: 301,
    headers: { location: `${origin.url}${echo(request)}` },
  }))
  origin.on('/loop', ({ url }) => ({ status: 302, headers: { location: url } }))
  origin.on('/elsewhere', { status: 302, headers: { location: 'mailto:nobody' } })
  origin.on('/links', (request) => ({ json: 1, headers: { link: `<${echo(request)}>; rel="next"` } }))
  origin.on('/etag', (request) => ({
    ...(request.nth === 1 ? { json: 1 } : { status: 304 }),
    headers: { etag: '"1"', ...(request.nth === 1 ? {} : { 'content-location': echo(request) }) },
  }))
  origin.on('/vary', { json: 1, headers: { vary: 'User-Agent, Authorization, Cookie' } })
  for (const status of [400, 401, 403, 404, 429, 500, 503])
    origin.on(`/status/${status}`, { status, json: { status } })
  origin.on('/broken', { body: '{"a":', headers: { 'content-type': 'application/json' } })
  origin.on('/gzip', { body: 'x'.repeat(500), encoding: 'corrupt-gzip' })
  origin.on('/reset', { ending: 'reset' })
  origin.on('/short', { body: 'abc', ending: 'short' })
  const paths = [
    ...[
      '/good',
      '/good',
      '/redirect',
      '/redirect',
      '/absolute',
      '/loop',
      '/elsewhere',
      '/links',
      '/etag',
      '/vary',
    ],
    ...[400, 401, 403, 404, 404, 429, 500, 503].map((status) => `/status/${status}`),
    ...['/broken', '/gzip', '/reset', '/short'],
  ]
  const results: unknown[] = []
  const ask = async (path: string, more: ExternalOptions = {}): Promise<void> => {
    const [url, options] = kind.call(`${origin.url}${path}`)
    // What the origin says to the caller is the caller's own: errors are looked at, answers are not.
    for (const call of [
      api.fetchExternal(url, { ...options, ...more }),
      api.getExternal(url, { ...options, ...more }),
    ]) {
      results.push(
        await call.then(
          () => undefined,
          (error: unknown) => error,
        ),
      )
    }
    results.push(await cachette.explain(url, { service: 'my_service', ...options, ...more }))
  }
  for (const path of paths) await ask(path)
  await ask('/good', { method: 'POST', json: { a: 1 } })
  clock.advance(5 * 3_600_000)
  for (const path of ['/good', '/etag', '/vary']) await ask(path)
  clock.advance(5 * 3_600_000)
  await origin.stop()
  for (const path of ['/good', '/vary', '/never-seen']) await ask(path)
  const { entries } = await cachette.list({ limit: 1_000 })
  const details = await Promise.all(entries.map(({ key }) => cachette.entry(key)))
  expect(entries.length).toBeGreaterThan(3)
  return [
    ...results.filter((result) => result !== undefined),
    entries,
    details,
    await cachette.metrics({ history: '7d' }),
    await cachette.health(),
    cachette.services(),
    world.heard,
  ]
}

/** Every way in which a secret may be written. */
function writtenForms(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  return [
    secret,
    encodeURIComponent(secret),
    lowerEscapes(encodeURIComponent(secret)),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    Buffer.from(`user:${secret}`).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]
}

function expectNowhere(secrets: readonly string[], folder: string, shown: readonly unknown[]): void {
  const files = readdirSync(folder).map((name) => ({
    where: name,
    text: readFileSync(join(folder, name), 'latin1'),
  }))
  expect(files.map(({ where }) => where)).toContain('data.mdb')
  const outputs = shown.flatMap((value, index) => [
    {
      where: `output ${index}`,
      text: inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null }),
    },
    { where: `JSON of output ${index}`, text: JSON.stringify(value) },
    ...(value instanceof Error ? [{ where: `stack ${index}`, text: `${value.stack} ${value.message}` }] : []),
  ])
  for (const { where, text } of [...files, ...outputs]) {
    for (const form of secrets.flatMap(writtenForms)) {
      const at = text.indexOf(form)
      if (at >= 0)
        expect.fail(`${where} shows ${form}: ${text.slice(Math.max(0, at - 120), at + form.length + 40)}`)
    }
  }
}

/** What the process is warned of while the test runs. */
function listenToWarnings(): unknown[] {
  const warnings: unknown[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  return warnings
}

describe('a credential is in no file of the store and in nothing that is shown', () => {
  it.each(KINDS)('$title', async (kind) => {
    const folder = newFolder()
    const warnings = listenToWarnings()
    const world = await openWorld({
      store: { type: 'lmdb', path: folder, compressAbove: '1GB' },
      ...kind.world,
    })
    const shown = await round(world, kind)
    await world.cachette.close()
    expectNowhere([kind.secret], folder, [...shown, ...warnings])
  })

  it.each(['TMDB_API_KEY', 'TMDB_ACCESS_TOKEN'])('those of the providers, with %s', async (variable) => {
    const folder = newFolder()
    const secret = 'tmdbSecretV3/k8+Lq'
    const world = await openWorld({
      store: { type: 'lmdb', path: folder, compressAbove: '1GB' },
      environment(origin) {
        const { TMDB_API_KEY: _, ...environment } = providerEnvironment(origin)
        return { ...environment, [variable]: secret }
      },
    })
    const { origin, cachette, clock } = world
    const tokens = serveTokens(origin, 3_600, 'spotifyTokenN4/x+z')
    const echo = ({ url }: { url: string }) => ({
      status: 302,
      headers: { location: url.replace(/^[^?]*/, '/3/landing') },
    })
    for (const path of ['/3/landing', '/3/movie/1', '/books/v1/volumes/a'])
      origin.on(path, { json: { path } })
    origin.on('/3/movie/2', echo)
    origin.on('/books/v1/volumes/b', echo)
    origin.on('/3/movie/3', { status: 401, json: { status_code: 7 } })
    const shown: unknown[] = []
    const services = {
      tmdb: new TMDBService({ cachette }),
      spotify: new SpotifyService({ cachette }),
      books: new BooksService({ cachette }),
    }
    const ask = async (): Promise<void> => {
      const calls = [
        ...[1, 2, 3].map((id) => services.tmdb.movie(id)),
        ...['a', 'b'].map((id) => services.spotify.track(id)),
        ...['a', 'b'].map((id) => services.books.volume(id)),
      ]
      shown.push(
        ...(await Promise.allSettled(calls)).map((call) =>
          call.status === 'rejected' ? call.reason : call.value,
        ),
      )
    }
    await ask()
    await ask()
    clock.advance(24 * 3_600_000)
    await ask()
    await origin.stop()
    await ask()
    for (const path of [1, 2, 3]) shown.push(await cachette.explain(`/movie/${path}`, { service: 'tmdb' }))
    const { entries } = await cachette.list()
    shown.push(
      entries,
      await Promise.all(entries.map(({ key }) => cachette.entry(key))),
      world.heard,
      await cachette.metrics(),
    )
    await cachette.close()
    const {
      SPOTIFY_CLIENT_ID: id,
      SPOTIFY_CLIENT_SECRET: clientSecret,
      GOOGLE_BOOKS_API_KEY: key,
    } = APP_CREDENTIALS
    expectNowhere([secret, clientSecret, `${id}:${clientSecret}`, key, ...tokens], folder, shown)
  })
})
