import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../src/model/metrics.js'
import { startCachePeer } from '../helpers/cache-peer.js'
import { newFolder, openOrigin, openWorld } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { createGate, until } from '../helpers/gate.js'

const IS_ROOT = process.getuid?.() === 0
const SETPRIV = '/usr/bin/setpriv'
/** Root may write anywhere: a process without its rights takes its place. */
const AS_NOBODY = [SETPRIV, '--reuid=65534', '--regid=65534', '--clear-groups']
const DAY_MS = 24 * 3_600_000

interface PeerAnswer {
  readonly data: { readonly nth: number }
  readonly status: number
  readonly outcome: string
  readonly tier: string
}

const optionsFor = (folder: string, url: string) => ({
  store: `lmdb:${folder}/store`,
  services: { my_service: { baseURL: url } },
  env: {},
})

/** Asks until the answer is new; tells how long after the start the last old one was asked for. */
async function askUntil(
  ask: () => Promise<PeerAnswer>,
  isNew: (answer: PeerAnswer) => boolean,
): Promise<{ readonly answer: PeerAnswer; readonly lastOldMs: number }> {
  const startMs = performance.now()
  let lastOldMs = 0
  for (;;) {
    const askedAtMs = performance.now() - startMs
    const answer = await ask()
    if (isNew(answer) || askedAtMs > 2_000) return { answer, lastOldMs }
    lastOldMs = askedAtMs
  }
}

describe('two processes on one store', () => {
  const openTwo = async () => {
    const origin = await openOrigin()
    const options = optionsFor(newFolder(), origin.url)
    const [one, two] = await Promise.all([startCachePeer(options), startCachePeer(options)])
    const ask = async (peer: typeof one, options = {}): Promise<PeerAnswer> =>
      (await peer.ask<[PeerAnswer]>('fetch', { url: '/data', options }))[0]
    return { origin, one, two, ask }
  }

  it('what one stored the other finds', async () => {
    const { origin, one, two, ask } = await openTwo()
    await ask(one)
    await until(async () => (await two.ask<unknown[]>('list')).length === 1, 'the entry')
    expect(await ask(two)).toMatchObject({ outcome: 'hit', tier: 'lmdb', data: { nth: 1 } })
    expect(origin.count()).toBe(1)
  })

  it('a purge by one is seen by the other, memory tier included, within 100 ms', async () => {
    const { one, two, ask } = await openTwo()
    await ask(one)
    await until(async () => (await two.ask<unknown[]>('list')).length === 1, 'the entry')
    expect([(await ask(two)).outcome, (await ask(two)).tier]).toEqual(['hit', 'memory'])
    await one.ask('purge', { all: true })
    const { answer, lastOldMs } = await askUntil(
      () => ask(two),
      ({ outcome }) => outcome !== 'hit',
    )
    expect(answer).toMatchObject({ outcome: 'miss', data: { nth: 2 } })
    expect(lastOldMs).toBeLessThan(100)
  })

  it('a replacement by one is seen by the other within 100 ms', async () => {
    const { one, two, ask } = await openTwo()
    await ask(one)
    await until(async () => (await two.ask<unknown[]>('list')).length === 1, 'the entry')
    await ask(two)
    const before = (await one.ask<{ confirmedAtMs: number }[]>('list'))[0]?.confirmedAtMs
    await ask(one, { refresh: true })
    await until(
      async () => (await one.ask<{ confirmedAtMs: number }[]>('list'))[0]?.confirmedAtMs !== before,
      'commit',
    )
    const { answer, lastOldMs } = await askUntil(
      () => ask(two),
      ({ data }) => data.nth !== 1,
    )
    expect(answer).toMatchObject({ outcome: 'hit', data: { nth: 2 } })
    expect(lastOldMs).toBeLessThan(100)
  })
})

describe('four processes with many callers', () => {
  it('all get the right answers, at no more than one call each, and the figures add up', async () => {
    const origin = await openOrigin()
    const gate = createGate()
    origin.on('/data', { json: { nth: 1 }, after: gate.opened })
    const options = optionsFor(newFolder(), origin.url)
    const peers = await Promise.all(Array.from({ length: 4 }, () => startCachePeer(options)))
    const asked = peers.map((peer) => peer.ask<PeerAnswer[]>('fetch', { url: '/data', callers: 50 }))
    await until(() => origin.count() >= 1)
    gate.open()
    const answers = (await Promise.all(asked)).flat()
    expect(answers).toHaveLength(200)
    expect(answers.every(({ status, data }) => status === 200 && data.nth === 1)).toBe(true)
    expect(origin.count()).toBeLessThanOrEqual(4)
    await until(async () => (await peers[0]!.ask<Metrics>('metrics')).totalRequests === 200, 'the figures')
    const { outcomes, originCalls } = await peers[0]!.ask<Metrics>('metrics')
    expect(outcomes.miss + outcomes.hit + outcomes.coalesced).toBe(200)
    expect(originCalls).toBe(origin.count())
  })
})

describe('a store that cannot be used', () => {
  it('a path that is a file costs one warning, and memory takes its place', async () => {
    const origin = await openOrigin()
    const folder = newFolder()
    writeFileSync(join(folder, 'store'), 'not a folder')
    const peer = await startCachePeer(optionsFor(folder, origin.url))
    expect(await peer.ask('series', { urls: ['/a', '/a', '/b'] })).toEqual(['miss', 'hit', 'miss'])
    const warnings = await peer.ask<string[]>('warnings')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/could not be opened.*memory alone/)
    expect(readFileSync(join(folder, 'store'), 'utf8')).toBe('not a folder')
  })

  it('a file that is no store is moved aside with a warning, and kept', async () => {
    const origin = await openOrigin()
    const folder = newFolder()
    mkdirSync(join(folder, 'store'))
    writeFileSync(join(folder, 'store', 'data.mdb'), 'rubbish'.repeat(10_000))
    const peer = await startCachePeer(optionsFor(folder, origin.url))
    expect(await peer.ask('series', { urls: ['/a', '/a'] })).toEqual(['miss', 'hit'])
    expect(await peer.ask<string[]>('warnings')).toEqual([expect.stringMatching(/cannot be used.*moved to/)])
    const aside = readdirSync(join(folder, 'store')).filter((name) => name.includes('.bad-'))
    expect(aside).toHaveLength(1)
    expect(readFileSync(join(folder, 'store', aside[0]!), 'utf8')).toContain('rubbish')
  })

  it('a truncated one is moved aside, and nobody dies of it', async () => {
    const store = join(newFolder(), 'store')
    const first = await openWorld({ store: `lmdb:${store}` })
    for (let page = 0; page < 40; page += 1) await first.api.getExternal('/data', { params: { page } })
    await first.cachette.close()
    const file = join(store, 'data.mdb')
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4_096) * 4_096)
    const peer = await startCachePeer(optionsFor(join(store, '..'), first.origin.url))
    const answer = (await peer.ask<PeerAnswer[]>('fetch', { url: '/data?page=1' }))[0]
    expect(answer?.status).toBe(200)
    expect(existsSync(file)).toBe(true)
  })

  it.runIf(!IS_ROOT || existsSync(SETPRIV))('a folder that cannot be written costs one warning', async () => {
    const folder = newFolder()
    const first = await openWorld({ store: `lmdb:${folder}/store`, clock: createFakeClock(Date.now()) })
    await first.api.getExternal('/a')
    await first.cachette.close()
    for (const name of readdirSync(join(folder, 'store'))) chmodSync(join(folder, 'store', name), 0o444)
    for (const path of [join(folder, 'store'), folder]) chmodSync(path, 0o555)
    const options = optionsFor(folder, first.origin.url)
    const peer = await startCachePeer(options, IS_ROOT ? { wrap: AS_NOBODY } : {})
    expect(await peer.ask('series', { urls: ['/a', '/b', '/b'] })).toEqual(['hit', 'miss', 'hit'])
    expect(await peer.ask<string[]>('warnings')).toHaveLength(1)
    for (const path of [folder, join(folder, 'store')]) chmodSync(path, 0o700)
  })

  it.runIf(existsSync('/usr/bin/prlimit'))('a full disk costs a warning, not a request', async () => {
    const origin = await openOrigin()
    const noise = randomBytes(60_000).toString('base64')
    origin.on('/large', ({ query }) => ({
      body: `${query} ${noise}`,
      headers: { 'content-type': 'text/plain' },
    }))
    const options = { ...optionsFor(newFolder(), origin.url), memory: { maxBytes: '1MB' } }
    const peer = await startCachePeer(options, { wrap: ['/usr/bin/prlimit', '--fsize=2000000'] })
    const urls = Array.from({ length: 60 }, (_, page) => `/large?this-is-page-${page}`)
    expect(await peer.ask('series', { urls })).toEqual(urls.map(() => 'miss'))
    await until(async () => (await peer.ask<string[]>('warnings')).length > 0, 'a warning')
    const [answer] = await peer.ask<{ data: string; status: number }[]>('fetch', { url: urls[0] })
    expect(answer?.data).toBe(`this-is-page-0 ${noise}`)
    expect((await peer.ask<string[]>('warnings')).length).toBeLessThanOrEqual(3)
    await peer.ask('close')
  })
})

describe('damage', () => {
  it('flipped bytes of an entry are a miss or the right body, never a wrong one', async () => {
    const folder = newFolder()
    const { api, origin, cachette, clock } = await openWorld({ store: `lmdb:${folder}/store` })
    const bodyOf = (page: string) => `${page}-${'abcdefghij'.repeat(300)}`
    origin.on('/data', ({ query }) => ({ json: { page: query, text: bodyOf(query) } }))
    for (let page = 0; page < 20; page += 1) await api.getExternal(`/data?p=${page}`)
    await cachette.close()
    const file = join(folder, 'store', 'data.mdb')
    const bytes = readFileSync(file)
    let flips = 0
    for (let at = bytes.indexOf('abcdefghij'); at >= 0; at = bytes.indexOf('abcdefghij', at + 3_000)) {
      if (flips % 2 === 0) bytes[at + 5] = 0x78
      flips += 1
    }
    expect(flips).toBeGreaterThanOrEqual(20)
    writeFileSync(file, bytes)
    const again = await openWorld({ store: `lmdb:${folder}/store`, origin, clock })
    const outcomes: string[] = []
    for (let page = 0; page < 20; page += 1) {
      const answer = await again.api.fetchExternal<{ text: string }>(`/data?p=${page}`)
      expect(answer.data.text).toBe(bodyOf(`p=${page}`))
      outcomes.push(answer.outcome)
    }
    expect(outcomes).toContain('miss')
    expect(outcomes).toContain('hit')
  })
})

describe('a wall clock that jumps', () => {
  it.each(['memory:', 'lmdb'])(
    'forward by a day: entries are stale, and rescue stands in (%s)',
    async (kind) => {
      const store = kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind
      const { api, clock, origin } = await openWorld({ store })
      await api.getExternal('/data')
      clock.jump(DAY_MS)
      expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'miss', because: 'expired' })
      expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit' })
      expect(origin.count()).toBe(2)
    },
  )

  it('back by a day: what was stored is from the future and is asked for again, ages stay at 0 or above', async () => {
    const { api, clock } = await openWorld()
    await api.getExternal('/data')
    clock.jump(-DAY_MS)
    const answer = await api.fetchExternal('/data')
    expect(answer).toMatchObject({ outcome: 'miss', because: 'from-the-future', ageMs: 0 })
    clock.advance(1_000)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit', ageMs: 1_000 })
  })

  it('back by an hour, after three hours of four: the monotonic side still counts', async () => {
    const { api, clock } = await openWorld({ service: { ttl: '4h' } })
    await api.getExternal('/data')
    clock.advance(3 * 3_600_000)
    clock.jump(-3_600_000)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'hit', ageMs: 3 * 3_600_000 })
    clock.advance(3_600_000)
    expect(await api.fetchExternal('/data')).toMatchObject({ outcome: 'miss', because: 'expired' })
  })
})
