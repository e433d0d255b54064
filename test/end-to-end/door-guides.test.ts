// The tables and lists on the pages on doors and freshness are held against calls, settings and the code's own lists.
import { existsSync, readdirSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { dirname, join } from 'node:path'
import { parseList } from 'structured-headers'
import { describe, expect, it } from 'vitest'
import { REASON_SENTENCES } from '../../src/cli/explain/reason-sentences.js'
import type { CachetteOptions } from '../../src/config/cachette-options.js'
import type { DefaultSettings, RequestSettings } from '../../src/config/service-options.js'
import { createCachette } from '../../src/create-cachette.js'
import { HEURISTIC_STATUSES } from '../../src/decide/rfc9111/cacheable-statuses.js'
import { createCachedAdapter } from '../../src/doors/axios/index.js'
import { isPastTheCache } from '../../src/doors/axios/uncacheable-options.js'
import type { CachedFetchInit } from '../../src/doors/fetch/index.js'
import { callFields } from '../../src/doors/register/http/call-fields.js'
import { targetOf } from '../../src/doors/register/http/request-target.js'
import { readRegisterSettings } from '../../src/doors/register/register-settings.js'
import { readRequest } from '../../src/doors/undici/native-request.js'
import { cacheStatus } from '../../src/http/cache-status.js'
import type { Because } from '../../src/model/because.js'
import type { Explanation } from '../../src/model/entry-summary.js'
import type { HeaderList } from '../../src/model/header-list.js'
import { COUNTS_AS, OUTCOMES, type Outcome } from '../../src/model/outcome.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { createGate, errorOf } from '../helpers/gate.js'
import type { ScriptedReply } from '../helpers/loopback-origin.js'
import { ALL_PAGES, ROOT, anchorsOf, codes, guide, marked, rows, textOf } from './door-guides-pages.js'

const [URL_OF_MINE, URL_OF_OTHERS] = ['https://mine.example/', 'https://else.example/']
const KINDS = ['ttl', 'http'] as const

/** What a call through the fetch door came to, in the words of the tables. */
async function came(
  { cachette, origin }: CacheWorld,
  init: CachedFetchInit = {},
  path = '/a',
): Promise<string> {
  try {
    const response = await cachette.fetch(`${origin.url}${path}`, init)
    await response.text()
    return `\`${response.cachette?.outcome}\`, \`${response.cachette?.because}\``
  } catch (error) {
    return `\`${(error as Error).name}\``
  }
}

/** The first word in backticks. */
const first = (text: string | undefined): string => codes(text ?? '')[0] ?? ''

const MINUTE: ScriptedReply = { body: 'a', headers: { 'cache-control': 'max-age=60', etag: '"a"' } }

/** A world with an entry that is fresh for a minute, of that age. */
async function openAged(freshness: (typeof KINDS)[number], agedMs: number): Promise<CacheWorld> {
  const world = await openWorld({ service: { freshness, ttl: '1m' } })
  world.origin.on('/a', ({ headers }) => ({
    ...MINUTE,
    status: headers['if-none-match'] === '"a"' ? 304 : 200,
  }))
  await came(world)
  world.clock.advance(agedMs)
  return world
}

async function explained(options: CachetteOptions, url: string): Promise<Explanation['policy']> {
  const cachette = await createCachette({ env: {}, ...options })
  const { policy } = await cachette.explain(url)
  await cachette.close()
  return policy
}

describe('fetch.md', () => {
  it.each(KINDS)('says what each cache mode does, in %s freshness', async (freshness) => {
    const table = rows('fetch', 'cache modes')
    expect(table).toHaveLength(6)
    for (const [mode, whereNothing, whereFresh, whereStale] of table) {
      const init = { cache: first(mode) } as CachedFetchInit
      expect(await came(await openWorld({ service: { freshness } }), init), mode).toBe(whereNothing)
      expect(await came(await openAged(freshness, 30_000), init), mode).toBe(whereFresh)
      expect(await came(await openAged(freshness, 90_000), init), mode).toBe(whereStale)
    }
  })

  it('lists what response.cachette has', async () => {
    const { cachette, origin } = await openWorld()
    const { cachette: report } = await cachette.fetch(`${origin.url}/a`)
    const [, table = ''] = /^\| `response\.cachette` \| \|\n([\s\S]*?)\n\n/m.exec(guide('fetch')) ?? []
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
    expect(listed).toEqual(Object.keys(report ?? {}))
  })
})

describe('freshness.md', () => {
  const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 }

  /** A value as people write it. */
  function written(value: unknown): string {
    if (value === 'none') return value
    if (value === 0 || typeof value === 'boolean') return `\`${value}\``
    if (typeof value === 'string') return `\`'${value}'\``
    const [unit, ms] = Object.entries(UNITS).find(([, one]) => Number(value) >= one) ?? ['ms', 1]
    return `\`'${Number(value) / ms}${unit}'\``
  }

  it('has every setting with its default', async () => {
    const declared = await explained({ services: { mine: { baseURL: URL_OF_MINE } } }, URL_OF_MINE)
    const others = await explained({}, URL_OF_OTHERS)
    for (const [option, forDeclared, forOthers] of rows('freshness', 'settings')) {
      const name = first(option)
      expect(written(declared[name]?.value), name).toBe(forDeclared)
      if (forOthers !== '–') expect(written(others[name]?.value), name).toBe(forOthers)
    }
  })

  it('says which defaults reach hosts that no service claims', async () => {
    const defaults: DefaultSettings = {
      ...{
        freshness: 'ttl',
        cacheType: 'shared',
        defaultTtl: 1,
        minTtl: 1,
        maxTtl: 9,
        ttl: 5,
        negativeTtl: 5,
      },
      ...{ staleWhileRevalidate: 5, staleIfError: 5, ignoreNoStore: true, identity: 'shared' },
      ...{ key: { body: true }, headers: { a: 'b' }, params: { a: 'b' }, injectCredentials: true },
      ...{ timeout: 5, maxBodyBytes: 5 },
    }
    const policy = await explained({ defaults }, URL_OF_OTHERS)
    const reaching = Object.keys(defaults).filter((name) => policy[name]?.from.startsWith('defaults'))
    // No explanation shows functions.
    const functions = ['classify', 'tags']
    const listed = codes(marked('freshness', 'defaults that reach unclaimed hosts'))
    expect(listed.sort()).toEqual([...reaching, ...functions].sort())
  })

  it('lists what defaults.http takes', async () => {
    const wrong = { defaults: { http: { x: 1 } } } as CachetteOptions
    const listed = codes(marked('freshness', 'defaults.http')).join(', ')
    expect((await errorOf(createCachette(wrong))).message).toContain(`known here: ${listed}`)
  })

  it('names variables that win over the settings', async () => {
    const env = { CACHETTE_FRESHNESS: 'ttl', CACHETTE_TTL_HOURS: '0.5' }
    const policy = await explained({ defaults: { http: { defaultTtl: '5m' } }, env }, URL_OF_OTHERS)
    expect(policy['freshness']).toEqual({ value: 'ttl', from: 'env CACHETTE_FRESHNESS' })
    for (const name of ['ttl', 'defaultTtl'])
      expect(policy[name]).toEqual({ value: 1_800_000, from: 'env CACHETTE_TTL_HOURS' })
  })

  it('lists the statuses whose freshness may be guessed', () => {
    // A part needs a lifetime of its own.
    const guessed = [...HEURISTIC_STATUSES].filter((status) => status !== 206)
    expect(marked('freshness', 'guessed statuses').trim()).toBe(guessed.join(', '))
  })

  it('says what the directives of a request do', async () => {
    for (const [directive, ...cells] of rows('freshness', 'request directives')) {
      for (const [column, freshness] of KINDS.entries()) {
        const headers = { 'cache-control': first(directive) }
        const [, because] = codes(await came(await openAged(freshness, 30_000), { headers }))
        expect(because, `${directive}, ${freshness}`).toBe(first(cells[column]))
      }
    }
  })

  it('says what becomes of a call when the origin fails', async () => {
    for (const [failure = '', ...cells] of rows('freshness', 'failures')) {
      for (const [column, freshness] of KINDS.entries()) {
        const world = await openAged(freshness, 90_000)
        const status = Number(/\d{3}/.exec(failure)?.[0])
        world.origin.on('/a', Number.isNaN(status) ? { ending: 'reset' } : { status, body: 'no' })
        expect(first(await came(world)), `${failure}, ${freshness}`).toBe(first(cells[column]))
      }
    }
  })
})

describe('not-cached.md', () => {
  /** The words of one section. */
  function words(heading: string): string[] {
    const [, section = ''] = guide('not-cached').split(`## ${heading}\n`)
    return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, word = '']) => word)
  }

  it('explains every word once', () => {
    const listed = rows('not-cached', 'words').map(([word]) => first(word))
    expect(listed.sort()).toEqual(Object.keys(REASON_SENTENCES).sort())
  })

  it('lists the outcomes and how they count', () => {
    const listed = rows('not-cached', 'outcomes').map(([outcome, , counts]) => [first(outcome), counts])
    expect(listed).toEqual(OUTCOMES.map((outcome) => [outcome, COUNTS_AS[outcome]]))
  })

  const status = (outcome: Outcome, because: Because): string =>
    cacheStatus({ outcome, because, ttlMs: 0, key: 'k', isStored: true, originStatus: 200 })
  const membersOf = (field: string): readonly string[] =>
    parseList(field).flatMap(([, parameters]) => [...parameters.keys()])

  it('lists the members of Cache-Status, and shows no other', () => {
    const made = [status('hit', 'fresh'), status('coalesced', 'joined-call'), status('miss', 'expired')]
    const listed = rows('not-cached', 'cache status').map(([member]) => first(member))
    expect(listed.sort()).toEqual([...new Set(made.flatMap(membersOf))].sort())
    const shown = [...guide('not-cached').matchAll(/^Cache-Status: (.*)$/gm)].map(([, field = '']) => field)
    expect(shown.length).toBeGreaterThan(0)
    for (const field of shown) expect(listed, field).toEqual(expect.arrayContaining([...membersOf(field)]))
  })

  it('says what stands in fwd for each word', () => {
    const past = words('Past the cache')
    for (const [forward, reasons = ''] of rows('not-cached', 'forwards')) {
      for (const word of codes(reasons) as Because[]) {
        const outcome = past.includes(word) ? 'bypass' : word === 'joined-call' ? 'coalesced' : 'miss'
        expect(status(outcome, word), word).toContain(`; fwd=${first(forward)};`)
      }
    }
  })

  it('lists the words of calls that go past the cache', async () => {
    const calls: Record<string, [CachedFetchInit, string?]> = {
      'method-not-cached': [{ method: 'POST', body: 'x' }],
      'body-not-keyed': [{ method: 'QUERY', body: 'x' }],
      'never-cached-by-profile': [{}, '/3/account'],
      'request-no-store': [{ cache: 'no-store' }],
      'conditional-request': [{ headers: { 'if-match': '"a"' } }],
    }
    expect(words('Past the cache')).toEqual(Object.keys(calls))
    const world = await openWorld({ environment: ({ url }) => ({ TMDB_BASE_URL: `${url}/3` }) })
    for (const [word, call] of Object.entries(calls))
      expect(await came(world, ...call)).toBe(`\`bypass\`, \`${word}\``)
  })

  const SECRET = { authorization: 'Bearer a-secret-of-mine' }
  const HTTP: RequestSettings = { freshness: 'http' }
  const SHARED: RequestSettings = { freshness: 'http', cacheType: 'shared' }
  const saying = (control: string): ScriptedReply => ({ body: 'a', headers: { 'cache-control': control } })
  const UNSTORED: Record<string, [RequestSettings, ScriptedReply, CachedFetchInit?]> = {
    'no-freshness': [HTTP, { body: 'a' }],
    'no-store': [{}, saying('no-store')],
    private: [SHARED, saying('private, max-age=60')],
    authorization: [SHARED, saying('max-age=60'), { headers: SECRET }],
    'not-understood': [HTTP, { ...saying('must-understand, max-age=60'), status: 599 }],
    'vary-star': [{}, { body: 'a', headers: { vary: '*' } }],
    'status-not-stored': [{}, { body: 'a', status: 400 }],
    'partial-content': [{}, { body: 'a', status: 206, headers: { 'content-range': 'bytes 0-0/9' } }],
    'body-too-large': [{ maxBodyBytes: '1KB' }, { body: 'a'.repeat(2_000) }],
    'body-cut-short': [HTTP, { ...saying('max-age=60'), ending: 'reset-mid-body' }],
    'left-by-caller': [HTTP, { ...saying('max-age=60'), ending: 'drip' }],
    'credential-in-response': [
      {},
      { body: 'a', headers: { 'x-echo': SECRET.authorization } },
      { headers: SECRET },
    ],
    'purged-meanwhile': [{}, MINUTE],
  }

  it('lists the words of answers that are not stored', () => {
    expect(words('Answered, and not stored')).toEqual(Object.keys(UNSTORED))
  })

  it.each(Object.entries(UNSTORED))('an answer is not stored: %s', async (word, [service, reply, init]) => {
    const world = await openWorld({ service })
    const { cachette, origin, heard } = world
    const gate = createGate()
    origin.on('/a', word === 'purged-meanwhile' ? { ...reply, after: gate.opened } : reply)
    if (word === 'left-by-caller') await (await cachette.fetch(`${origin.url}/a`)).body?.cancel()
    else {
      const calling = came(world, init)
      await expect.poll(() => origin.count()).toBe(1)
      if (word === 'purged-meanwhile') await cachette.purge({ all: true })
      gate.open()
      await calling
    }
    const notStored = (): unknown =>
      heard.filter(({ name }) => name === 'not-stored').map(({ event }) => event)
    await expect.poll(notStored).toMatchObject([{ because: word }])
  })
})

describe('the lists of calls that go straight on', () => {
  it('of axios', () => {
    const source = textOf('src/doors/axios/uncacheable-options.ts')
    const [, listed = ''] = /const PAST_THE_CACHE = \[([\s\S]*?)\]/.exec(source) ?? []
    const named = codes(marked('axios', 'past the cache'))
    expect(named).toEqual([...listed.matchAll(/'(\w+)'/g)].map(([, name]) => name))
    for (const name of named) expect(isPastTheCache({ [name]: 'x' } as never), name).toBe(true)
  })

  it('of undici', () => {
    const plain = { origin: 'https://mine.example', path: '/', method: 'GET' }
    const special: Record<string, object> = {
      upgrade: { upgrade: 'websocket' },
      expectContinue: { expectContinue: true },
      origin: { origin: undefined },
      Client: { origin: undefined },
      Pool: { origin: undefined },
      Host: { headers: { Host: 'else.example' } },
      maxRedirections: { maxRedirections: 1 },
    }
    expect(readRequest(plain as never)).toBeDefined()
    const named = rows('undici', 'straight on').flatMap(([call = '']) => codes(call))
    expect(named.length).toBeGreaterThan(6)
    for (const name of named)
      expect(readRequest({ ...plain, ...(special[name] ?? { method: name }) } as never), name).toBeUndefined()
  })
})

describe('the hook', () => {
  it('leaves alone what its page lists', () => {
    const fields: Record<string, string> = { 'transfer-encoding': 'chunked' }
    const refused: Record<string, object> = { 'rejectUnauthorized: false': { rejectUnauthorized: false } }
    const request = { protocol: 'https:', path: '/', method: 'GET' } as ClientRequest
    const plain = { host: 'mine.example', port: 443 }
    const [, ofFields, ofRoutes, ofProof] = rows('register', 'not hooked').map(([call = '']) => codes(call))
    expect(callFields([['host', 'mine.example']], 'mine.example')).toBeDefined()
    for (const name of ofFields!.filter((one) => one !== 'node:http')) {
      const given: HeaderList = [
        ['host', 'mine.example'],
        [name, fields[name.toLowerCase()] ?? 'x'],
      ]
      expect(callFields(given, 'mine.example'), name).toBeUndefined()
    }
    expect(targetOf(request, plain, {})).toBeDefined()
    for (const name of [...ofRoutes!, ...ofProof!])
      expect(targetOf(request, { ...plain, ...(refused[name] ?? { [name]: 'x' }) }, {}), name).toBeUndefined()
  })
})

describe('the pages', () => {
  it('say how many redirects are followed', async () => {
    const world = await openWorld()
    world.origin.on('/a', ({ nth }) => ({ status: 302, headers: { location: `/a?${nth}` } }))
    expect(await came(world)).toBe('`TypeError`')
    for (const page of ['fetch', 'axios'])
      expect(guide(page), page).toMatch(new RegExp(`ollowed[^.]*, ${world.origin.count() - 1} at most`))
  })

  it('list the options of the adapter for axios', async () => {
    const { cachette } = await openWorld()
    const wrong = (): unknown => createCachedAdapter(cachette, { x: 1 } as never)
    const listed = rows('axios', 'adapter options').map(([option]) => `"${first(option)}"`)
    expect(wrong).toThrow(`it knows ${listed.join(', ')}`)
  })

  it('show settings of the hook that it takes', () => {
    const table = rows('register', 'register variables')
    const hosts = codes(table.find(([name]) => first(name) === 'CACHETTE_HOSTS')?.[2] ?? '')
    const settings = readRegisterSettings({ CACHETTE_HOSTS: hosts.join(','), CACHETTE_DEBUG: '1' })
    expect(settings).toEqual({ hosts, isDebug: true })
  })

  it('name no variable and no error code that is not there', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    const source = files.filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => textOf(`src/${name}`))
    const known = new Set(source.flatMap((text) => text.match(/\bCACHETTE_[A-Z_]*[A-Z]\b/g) ?? []))
    for (const page of ALL_PAGES) {
      const named = textOf(page).match(/\bCACHETTE_[A-Z_]*[A-Z]\b/g) ?? []
      expect(
        named.filter((name) => !known.has(name)),
        page,
      ).toEqual([])
    }
  })

  it('link to what is there', () => {
    for (const page of ALL_PAGES) {
      for (const [, link = ''] of textOf(page).matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#')
        const target = path === '' ? page : join(dirname(page), path)
        expect(existsSync(join(ROOT, target)), `${link} in ${page}`).toBe(true)
        if (anchor !== undefined) expect(anchorsOf(target), `${link} in ${page}`).toContain(anchor)
      }
    }
  })
})
