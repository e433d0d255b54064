// RFC 9111, 5861, 9213 and 9110 through the whole engine, for hosts that no service claims.
import { describe, expect, it } from 'vitest'
import { atOnce, createGate, errorOf, until } from '../helpers/gate.js'
import type { ScriptedReply } from '../helpers/loopback-origin.js'
import { openHttpWorld } from './http-freshness-world.js'

const MINUTE_MS = 60_000
const cached = (control: string, more: Record<string, string> = {}): ScriptedReply => ({
  body: 'body',
  headers: { 'cache-control': control, ...more },
})

describe('a response that says how long it is fresh', () => {
  it('is used until then, with its age, and asked for again from then on', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', ({ nth }) => ({ body: `body ${nth}`, headers: { 'cache-control': 'max-age=60' } }))
    expect(await ask('/data')).toMatchObject({ text: 'body 1', outcome: 'miss' })
    clock.advance(MINUTE_MS - 1)
    const hit = await ask('/data')
    expect(hit).toMatchObject({ text: 'body 1', outcome: 'hit' })
    expect(hit.headers.get('age')).toBe('59')
    clock.advance(1)
    expect(await ask('/data')).toMatchObject({ text: 'body 2', outcome: 'miss', because: 'expired' })
    expect(origin.count()).toBe(2)
  })

  it('is as old as the caches on its way say', async () => {
    const { script, ask, clock } = await openHttpWorld()
    script('/data', cached('max-age=60', { age: '45' }))
    await ask('/data')
    clock.advance(14_000)
    const hit = await ask('/data')
    expect([hit.outcome, hit.headers.get('age')]).toEqual(['hit', '59'])
    clock.advance(1_000)
    expect((await ask('/data')).outcome).toBe('miss')
  })

  it.each([
    ['s-maxage counts for all users', 'shared', 'max-age=60, s-maxage=600', 'hit'],
    ['s-maxage counts for nothing', 'private', 'max-age=60, s-maxage=600', 'miss'],
    ['what is private is not stored for all users', 'shared', 'private, max-age=600', 'miss'],
    ['what is private is stored', 'private', 'private, max-age=600', 'hit'],
    ['no-store is not stored', 'private', 'no-store, max-age=600', 'miss'],
    ['no-cache is asked for again each time', 'private', 'no-cache, max-age=600', 'miss'],
  ] as const)('where %s (%s: %s)', async (_, cacheType, control, outcome) => {
    const { script, ask, clock } = await openHttpWorld({ http: { cacheType } })
    script('/data', cached(control))
    await ask('/data')
    clock.advance(2 * MINUTE_MS)
    expect((await ask('/data')).outcome).toBe(outcome)
  })

  it('for caches like this one is taken at that word, in shared mode alone', async () => {
    for (const [cacheType, outcome] of [
      ['shared', 'hit'],
      ['private', 'miss'],
    ] as const) {
      const { script, ask } = await openHttpWorld({ http: { cacheType } })
      script('/data', cached('no-store', { 'cdn-cache-control': 'max-age=600' }))
      await ask('/data')
      expect((await ask('/data')).outcome).toBe(outcome)
    }
  })

  it('by Expires less Date, by a guess from Last-Modified, and not at all without', async () => {
    const { script, ask, clock } = await openHttpWorld()
    const at = (ms: number): string => new Date(clock.nowMs() + ms).toUTCString()
    script('/expires', { headers: { expires: at(100_000) } })
    script('/guess', { headers: { 'last-modified': at(-1_000_000) } })
    script('/nothing', {})
    for (const path of ['/expires', '/guess', '/nothing']) await ask(path)
    clock.advance(99_000)
    const outcomes = []
    for (const path of ['/expires', '/guess', '/nothing']) outcomes.push((await ask(path)).outcome)
    expect(outcomes).toEqual(['hit', 'hit', 'miss'])
    clock.advance(2_000)
    expect((await ask('/expires')).outcome).toBe('miss')
  })
})

describe('a response that is no longer fresh', () => {
  it('is renewed by a 304, which replaces the fields that it carries and keeps the others', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', ({ headers, nth }) => ({
      ...(headers['if-none-match'] === '"1"' ? { status: 304 } : { body: 'body' }),
      headers: {
        etag: '"1"',
        'cache-control': 'max-age=60',
        'x-nth': String(nth),
        ...(nth === 1 ? { 'x-first': 'kept' } : { 'content-type': 'text/wrong', 'content-length': '999' }),
      },
    }))
    await ask('/data')
    clock.advance(MINUTE_MS)
    const renewed = await ask('/data')
    expect(renewed).toMatchObject({ status: 200, text: 'body', outcome: 'revalidated' })
    const hit = await ask('/data')
    expect(hit.outcome).toBe('hit')
    for (const { headers } of [renewed, hit]) {
      expect(headers.get('x-nth')).toBe('2')
      expect(headers.get('x-first')).toBe('kept')
      expect(headers.get('content-type')).not.toBe('text/wrong')
      expect(headers.get('content-length')).toBe('4')
    }
    expect(origin.count()).toBe(2)
  })

  it('is validated by Last-Modified where there is no ETag', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    const modified = new Date(clock.nowMs() - 1_000_000).toUTCString()
    script('/data', cached('max-age=60', { 'last-modified': modified }))
    await ask('/data')
    clock.advance(MINUTE_MS)
    await ask('/data')
    expect(origin.last().headers['if-modified-since']).toBe(modified)
  })

  it('is given at once within stale-while-revalidate, and one refresh replaces it behind', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    const gate = createGate()
    script('/data', ({ nth }) => ({
      body: `body ${nth}`,
      headers: { 'cache-control': 'max-age=60, stale-while-revalidate=30' },
      ...(nth > 1 && { after: gate.opened }),
    }))
    await ask('/data')
    clock.advance(MINUTE_MS)
    const answers = await atOnce(20, () => ask('/data'))
    expect(new Set(answers.map(({ text, outcome }) => `${outcome} ${text}`))).toEqual(
      new Set(['stale body 1']),
    )
    await until(() => origin.count() === 2)
    gate.open()
    await until(async () => (await ask('/data')).text === 'body 2')
    expect(origin.count()).toBe(2)
    clock.advance(MINUTE_MS + 30_000)
    expect(await ask('/data')).toMatchObject({ text: 'body 3', outcome: 'miss' })
  })

  it('is refreshed behind its callers though all of them have left', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', ({ nth }) => ({
      body: `body ${nth}`,
      headers: { 'cache-control': 'max-age=60, stale-while-revalidate=30' },
    }))
    await ask('/data')
    clock.advance(MINUTE_MS)
    const leaving = new AbortController()
    await ask('/data', { signal: leaving.signal })
    leaving.abort()
    await until(async () => (await ask('/data', { cache: 'force-cache' })).text === 'body 2')
    expect(origin.count()).toBe(2)
  })

  it.each([
    ['stands in for a 503 within stale-if-error', 'max-age=60, stale-if-error=60', 503, 30, 'rescued'],
    ['does not stand in for it beyond', 'max-age=60, stale-if-error=60', 503, 60, 'miss'],
    ['does not stand in for it where it does not say so', 'max-age=60', 503, 0, 'miss'],
    ['does not stand in for a 404', 'max-age=60, stale-if-error=60', 404, 0, 'miss'],
    [
      'does not stand in where it must be validated',
      'max-age=60, stale-if-error=60, must-revalidate',
      503,
      0,
      'miss',
    ],
  ])('%s (%s)', async (_, control, status, seconds, outcome) => {
    const { script, ask, clock } = await openHttpWorld()
    script('/data', cached(control))
    await ask('/data')
    script('/data', { status, body: 'trouble' })
    clock.advance(MINUTE_MS + seconds * 1_000)
    expect(await ask('/data')).toMatchObject(
      outcome === 'rescued' ? { status: 200, text: 'body', outcome } : { status, text: 'trouble', outcome },
    )
  })

  it('is a 504 where it must be validated and the origin is away, and an error where there is nothing', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', cached('max-age=60, must-revalidate'))
    await ask('/data')
    clock.advance(MINUTE_MS)
    await origin.stop()
    expect(await ask('/data')).toMatchObject({ status: 504, text: '', outcome: 'failed' })
    expect((await errorOf(ask('/other'))).cause).toMatchObject({ code: 'CACHETTE_ORIGIN_UNREACHABLE' })
  })

  it('stands in for an origin that is away where nothing forbids it', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', cached('max-age=60'))
    await ask('/data')
    clock.advance(10 * MINUTE_MS)
    await origin.stop()
    const rescued = await ask('/data')
    expect(rescued).toMatchObject({ status: 200, text: 'body', outcome: 'rescued' })
    expect(rescued.headers.get('age')).toBe('600')
  })
})

describe('what a request asks of the cache', () => {
  it('only-if-cached is a 504 where there is nothing, and a hit where there is', async () => {
    const { script, ask, origin } = await openHttpWorld()
    script('/data', cached('max-age=60'))
    const headers = { 'cache-control': 'only-if-cached' }
    expect(await ask('/data', { headers })).toMatchObject({ status: 504, text: '' })
    expect(origin.count()).toBe(0)
    await ask('/data')
    expect(await ask('/data', { headers })).toMatchObject({ status: 200, outcome: 'hit' })
  })

  it.each([
    ['no-cache', 'miss'],
    ['max-age=0', 'miss'],
    ['max-age=10', 'miss'],
    ['max-age=50', 'hit'],
    ['min-fresh=40', 'miss'],
    ['min-fresh=20', 'hit'],
    ['no-store', 'bypass'],
  ])('%s after half a minute of a minute: %s', async (control, outcome) => {
    const { script, ask, clock } = await openHttpWorld()
    script('/data', cached('max-age=60'))
    await ask('/data')
    clock.advance(30_000)
    expect((await ask('/data', { headers: { 'cache-control': control } })).outcome).toBe(outcome)
  })

  it('max-stale takes what is stale, and no more than that', async () => {
    const { script, ask, clock } = await openHttpWorld()
    script('/data', cached('max-age=60'))
    await ask('/data')
    clock.advance(90_000)
    const headers = (control: string) => ({ headers: { 'cache-control': control } })
    expect((await ask('/data', headers('max-stale=29'))).outcome).toBe('miss')
    clock.advance(90_000)
    expect((await ask('/data', headers('max-stale=30'))).outcome).toBe('stale')
    expect((await ask('/data', headers('max-stale'))).outcome).toBe('stale')
  })
})

describe('what is for one caller', () => {
  it('fields that no-cache names are not given to the next', async () => {
    const { script, ask } = await openHttpWorld()
    script('/data', cached('max-age=60, no-cache="x-user"', { 'x-user': 'ann', 'x-all': '1' }))
    expect((await ask('/data')).headers.get('x-user')).toBe('ann')
    const { headers, outcome } = await ask('/data')
    expect([outcome, headers.get('x-user'), headers.get('x-all')]).toEqual(['hit', null, '1'])
  })

  it.each([
    ['max-age=60', 'miss'],
    ['max-age=60, public', 'hit'],
    ['max-age=60, must-revalidate', 'hit'],
    ['s-maxage=60', 'hit'],
  ])('an answer to who is authorised, %s, is a %s for the same in shared mode', async (control, outcome) => {
    const { script, ask, origin } = await openHttpWorld({ http: { cacheType: 'shared' } })
    script('/data', cached(control))
    const as = (name: string) => ask('/data', { headers: { authorization: `Bearer ${name}` } })
    await as('ann')
    expect((await as('ann')).outcome).toBe(outcome)
    expect((await as('bob')).outcome).toBe('miss')
    expect(origin.last().headers.authorization).toBe('Bearer bob')
  })
})

describe('a URL that has variants', () => {
  it('keeps each, renews each, and knows which is whose', async () => {
    const { script, ask, clock, origin } = await openHttpWorld()
    script('/data', ({ headers }) => {
      const language = String(headers['accept-language'] ?? 'none')
      const etag = `"${language}"`
      const isKnown = headers['if-none-match'] === etag
      const fields = { vary: 'Accept-Language, Accept-Encoding', etag, 'cache-control': 'max-age=60' }
      return isKnown ? { status: 304, headers: fields } : { body: language, headers: fields }
    })
    const say = (language?: string) =>
      ask('/data', language === undefined ? {} : { headers: { 'accept-language': language } })
    const languages = ['en', 'fr', 'de', undefined]
    for (const outcome of ['miss', 'hit', 'revalidated', 'hit']) {
      if (outcome === 'revalidated') clock.advance(MINUTE_MS)
      for (const language of languages)
        expect(await say(language)).toMatchObject({ text: language ?? 'none', outcome })
    }
    expect(origin.count()).toBe(8)
  })

  it('by everything there is, is not stored', async () => {
    const { script, ask, cachette } = await openHttpWorld()
    script('/data', cached('max-age=60', { vary: 'accept, *' }))
    await ask('/data')
    expect((await ask('/data')).outcome).toBe('miss')
    expect((await cachette.list()).entries).toEqual([])
  })

  it('that stops to vary is one for all again', async () => {
    const { script, ask } = await openHttpWorld()
    const say = (language: string) => ask('/data', { headers: { 'accept-language': language } })
    script('/data', cached('max-age=60', { vary: 'accept-language' }))
    await say('en')
    script('/data', cached('max-age=60'))
    await say('fr')
    expect((await say('de')).outcome).toBe('hit')
  })
})
