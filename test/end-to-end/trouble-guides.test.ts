// The tables on the pages on behaviour under trouble are held against calls, settings, figures and the code's own constants.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_MEMORY } from '../../src/config/default-settings.js'
import { readStoreOption } from '../../src/config/store-options.js'
import { createCachette } from '../../src/create-cachette.js'
import { classifyStatus } from '../../src/decide/decide-after-response.js'
import type { Explanation } from '../../src/model/entry-summary.js'
import { LEASE_MS } from '../../src/model/leases.js'
import { createKeyNames } from '../../src/stores/redis/key-names.js'
import { NEEDED_COMMANDS } from '../../src/stores/redis/link/needed-rights.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { until } from '../helpers/gate.js'
import { describeWithRedis, type RedisServer, startRedis } from '../helpers/redis-server.js'
import { ROOT, codes, guide, marked, rows, textOf } from './door-guides-pages.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** The first word in backticks. */
const first = (text: string | undefined): string => codes(text ?? '')[0] ?? ''

const UNITS = { d: DAY_MS, h: 60 * MINUTE_MS, m: MINUTE_MS, s: 1_000 }

/** A value as the pages write it. */
function written(value: unknown): string {
  if (value === undefined || value === 'none') return 'none'
  if (value === 0 || typeof value === 'boolean') return `\`${value}\``
  if (typeof value === 'string') return `\`'${value}'\``
  const [unit, ms] = Object.entries(UNITS).find(([, one]) => Number(value) >= one) ?? ['ms', 1]
  return `\`'${Number(value) / ms}${unit}'\``
}

async function policyOf(url: string): Promise<Explanation['policy']> {
  const cachette = await createCachette({
    env: {},
    services: { mine: { baseURL: 'https://mine.example/' } },
  })
  const { policy } = await cachette.explain(url)
  await cachette.close()
  return policy
}

/** A number that a file of the source gives to a constant. */
function constantOf(file: string, name: string): number {
  const [, text = ''] = new RegExp(`const ${name} = ([\\d_]+)`).exec(textOf(file)) ?? []
  expect(text, name).not.toBe('')
  return Number(text.replaceAll('_', ''))
}

describe('the settings on the pages', () => {
  it.each([
    ['stale-answers', 'stale settings'],
    ['timeouts', 'timeout settings'],
    ['poison-guard', 'guard settings'],
  ])('%s: %s have their defaults', async (page, name) => {
    const policy = await policyOf('https://mine.example/a')
    const listed = rows(page, name)
    expect(listed.length).toBeGreaterThan(1)
    for (const [option, value] of listed) expect(written(policy[first(option)]?.value), option).toBe(value)
  })

  it('timeouts: none holds for hosts that no service claims', async () => {
    const policy = await policyOf('https://else.example/a')
    for (const [option, , others] of rows('timeouts', 'timeout settings'))
      expect(written(policy[first(option)]?.value), option).toBe(others)
  })
})

describe('stale-answers.md', () => {
  /** An entry of that age, asked for once more. */
  async function cameAt(ageMs: number, isDown: boolean): Promise<{ world: CacheWorld; words: string[] }> {
    const service = { ttl: '1h', eagerRefresh: true, staleWhileRevalidate: '10m' } as const
    const world = await openWorld({ service })
    world.origin.on('/a', ({ nth }) => ({ json: { nth } }))
    await world.api.getExternal('/a')
    world.clock.advance(ageMs)
    if (isDown) await world.origin.stop()
    const words = await world.api.fetchExternal('/a').then(
      ({ outcome, because }) => [outcome, because],
      ({ code }: { code: string }) => ['failed', code],
    )
    return { world, words }
  }

  it('tells the life of an entry', async () => {
    const life = rows('stale-answers', 'life of an entry')
    expect(life).toHaveLength(6)
    for (const [age = '', outcome, because, origin = ''] of life) {
      const [, count, unit] = /^(\d+) (min|days)/.exec(age) ?? []
      const ageMs = Number(count) * (unit === 'min' ? MINUTE_MS : DAY_MS)
      const { world, words } = await cameAt(ageMs, age.includes('down'))
      expect(words, age).toEqual([first(outcome), first(because)])
      const refreshed = (): boolean => world.heard.some(({ name }) => name === 'refreshed')
      if (origin.includes('behind')) await until(refreshed, `the refresh at ${age}`)
      else expect(refreshed(), age).toBe(false)
      if (origin === 'is not asked') expect(world.origin.count(), age).toBe(1)
    }
  })

  it('says how long a key rests, how much is done behind callers, and how long closing waits', () => {
    const page = guide('stale-answers')
    const leased = 'src/engine/leased-ask.ts'
    expect(page).toContain(`rests for ${constantOf(leased, 'REST_MS') / 1_000} s after the first failure`)
    expect(page).toContain(`${constantOf(leased, 'LONGEST_REST_MS') / 1_000} s at most`)
    expect(page).toContain(`at most ${constantOf('src/engine/fly.ts', 'MAX_BEHIND')} refreshes`)
    expect(page).toContain(`${constantOf('src/create-cachette.ts', 'CLOSE_WITHIN_MS') / 1_000} s at most`)
  })
})

describe('timeouts.md', () => {
  it('says when closing ends calls', () => {
    const file = 'src/create-cachette.ts'
    const [cut, all] = ['CUT_OFF_AFTER_MS', 'CLOSE_WITHIN_MS'].map((name) => constantOf(file, name) / 1_000)
    expect(guide('timeouts')).toContain(`waits ${cut} s for calls under way, then ends them`)
    expect(guide('timeouts')).toContain(`within ${all} s in all`)
  })
})

describe('poison-guard.md', () => {
  it('says what the classes are by status', () => {
    const listed = rows('poison-guard', 'classes')
    expect(listed).toHaveLength(5)
    const named = new Map<number, string>()
    for (const [name, statuses = ''] of listed) {
      for (const text of statuses.match(/\d{3}/g) ?? []) named.set(Number(text), first(name))
    }
    for (let status = 200; status < 600; status += 1) {
      const said = named.get(status) ?? (status >= 500 ? 'transient' : 'ok')
      expect(classifyStatus(status), String(status)).toBe(said)
    }
  })
})

describe('keys.md', () => {
  it('says whose parameters are sorted', async () => {
    const { cachette, origin } = await openWorld({ defaults: { http: { defaultTtl: '1h' } } })
    const unclaimed = origin.url.replace('127.0.0.1', 'localhost')
    for (const base of [origin.url, unclaimed]) {
      for (const query of ['?a=1&b=2', '?b=2&a=1']) await (await cachette.fetch(`${base}/a${query}`)).text()
    }
    expect(guide('keys')).toContain('there `?a=1&b=2` and `?b=2&a=1` are two')
    expect(origin.requests.map(({ headers }) => headers.host === origin.host)).toEqual([true, false, false])
  })

  it('says what becomes of conditions and ranges', async () => {
    const { api, cachette, origin } = await openWorld()
    origin.on('/a', { body: 'a body', headers: { etag: '"a"' } })
    await (await cachette.fetch(`${origin.url}/a`)).text()
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      const response = await cachette.fetch(`${origin.url}/a`, { headers })
      await response.text()
      return response.status
    }
    expect(await statusOf({ 'if-none-match': '"a"' })).toBe(304)
    expect(await statusOf({ range: 'bytes=0-1' })).toBe(206)
    expect(origin.count()).toBe(1)
    const past = { outcome: 'bypass', because: 'conditional-request' }
    expect(await api.fetchExternal('/a', { headers: { Range: 'bytes=0-1' } })).toMatchObject(past)
    expect(await api.fetchExternal('/a', { headers: { 'If-None-Match': '"b"' } })).toMatchObject(past)
  })
})

describe('coalescing.md', () => {
  it('has the times of leases', () => {
    const file = 'src/engine/leases.ts'
    const times = rows('coalescing', 'lease figures').map(([, ms]) => ms)
    expect(times).toEqual([
      String(LEASE_MS),
      String(Math.floor(LEASE_MS / 3)),
      `${constantOf(file, 'LOOK_FIRST_MS')}, ${constantOf(file, 'LOOK_LAST_MS')}`,
      String(constantOf(file, 'LOOK_WATCHED_MS')),
    ])
    expect(textOf(file)).toContain('RENEW_EVERY_MS = Math.floor(LEASE_MS / 3)')
  })

  it('says how large an answer is handed on', () => {
    expect(textOf('src/engine/leased-ask.ts')).toContain('MAX_TOLD_BYTES = 8 * 1024')
    expect(guide('coalescing')).toContain('a body of up to 8 KiB')
  })

  it('has the figures of the bench, and when they were measured', () => {
    const bench = textOf('bench/README.md')
    const [, section = ''] = /<!-- begin stampede -->([\s\S]*?)<!-- end stampede -->/.exec(bench) ?? []
    const lines = section.split('\n').filter((line) => line.startsWith('|'))
    const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim())
    const table = new Map(lines.map((line) => [cellsOf(line)[1], cellsOf(line)]))
    const columns = [3, 4, 9, 10]
    const shown = marked('coalescing', 'stampede')
      .split('\n')
      .filter((line) => line.startsWith('| '))
    expect(shown.length).toBeGreaterThan(6)
    for (const line of shown) {
      const [, name, ...cells] = cellsOf(line)
      expect(cells.slice(0, -1), name).toEqual(columns.map((column) => table.get(name)?.[column]))
    }
    const [measured = ''] = /Measured .*/.exec(section) ?? []
    expect(guide('coalescing')).toContain(measured)
  })

  it('has a test for each of its figures of four processes', () => {
    const source = textOf('test/end-to-end/shared-calls.test.ts')
    const figures = rows('coalescing', 'four processes').map(([, count = '']) => count)
    expect(figures).toEqual(['1', '1', '1', '2 at most'])
    const counted = [...source.matchAll(/expect\(origin\.count\('\/(\w+)'\)\)\.toBe\((\d)\)/g)]
    // The expired entry was asked for once before; the killed process asked once itself.
    expect(counted.map(([, path, count]) => `${path} ${count}`)).toEqual([
      'cold 1',
      'sick 1',
      'stale 2',
      'killed 2',
    ])
  })
})

describe('one-bad-hour.md', () => {
  it('shows what the program prints', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'examples/bad-hour/bad-hour.mjs')], {
      env: { PATH: process.env['PATH'] },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const code = await new Promise((done) => child.on('close', done))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.trim()).toBe(marked('one-bad-hour', 'the hour').trim())
  })

  it('shows the service that the program has', () => {
    const plain = (text: string): string => text.replace(/^ +/gm, '')
    const [, shown = ''] = /```\n(services: [\s\S]*?)```/.exec(guide('one-bad-hour')) ?? []
    expect(shown).not.toBe('')
    expect(plain(textOf('examples/bad-hour/bad-hour.mjs'))).toContain(plain(shown))
  })
})

/** Sizes and durations as the pages write them, in bytes and milliseconds. */
function plainNumber(text: string): number | string {
  const [, count, unit = ''] = /^'?(\d+)(ms|KB|MB|GB)?'?$/.exec(text) ?? []
  if (count === undefined) return text.replaceAll("'", '')
  return Number(count) * ({ KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }[unit] ?? 1)
}

describe('tiers.md', () => {
  it.each([
    ['lmdb settings', { type: 'lmdb', path: './x' }, { compressAbove: 'compressAboveBytes' }],
    [
      'redis settings',
      { type: 'redis', url: 'redis://host' },
      { timeout: 'timeoutMs', compressAbove: 'compressAboveBytes' },
    ],
  ])('%s have their defaults', (table, option, renamed: Readonly<Record<string, string>>) => {
    const plan = readStoreOption(option, 'store')[0] as unknown as Readonly<Record<string, unknown>>
    const listed = rows('tiers', table)
    expect(listed.length).toBeGreaterThan(2)
    for (const [name = '', value = ''] of listed) {
      const word = first(name)
      if (value === '–')
        expect(() => readStoreOption({ ...option, [word]: undefined }, 'store'), word).toThrow(word)
      else if (word === 'cluster' || word === 'sentinel') expect(plan['topology']).toEqual({ kind: 'single' })
      else expect(plan[renamed[word] ?? word], word).toBe(plainNumber(first(value)))
    }
    const wrong = { ...option, x: 1 }
    for (const [name = ''] of listed) expect(() => readStoreOption(wrong, 'store')).toThrow(first(name))
  })

  it('memory settings have their defaults', () => {
    const listed = rows('tiers', 'memory settings').map(([name, value = '']) => [
      first(name),
      plainNumber(first(value)),
    ])
    expect(Object.fromEntries(listed)).toEqual(DEFAULT_MEMORY)
  })

  it('says how often others are looked after, and for how long copies are trusted', () => {
    const file = 'src/engine/tiers.ts'
    expect(guide('tiers')).toContain(`at most every ${constantOf(file, 'LOOK_EVERY_MS')} ms`)
    expect(guide('tiers')).toContain(
      `For ${constantOf(file, 'TRUSTED_FOR_MS') / 1_000} s after the last word`,
    )
    expect(guide('tiers')).toContain(
      `up to ${constantOf('src/engine/own-marks.ts', 'MAX_MARKS').toLocaleString('en')} of them`,
    )
    const probe = constantOf('src/stores/redis/link/link.ts', 'PROBE_EVERY_MS')
    expect(guide('tiers')).toContain(`every ${probe} ms`)
  })
})

describe('redis.md', () => {
  it('names the rights that the warnings name and the tests run with', () => {
    const named = [...marked('redis', 'acl').matchAll(/ \+(\w+)/g)].map(([, word]) => word)
    expect(named.sort()).toEqual([...NEEDED_COMMANDS].sort())
  })

  it('names every key and channel', () => {
    const names = createKeyNames('cachette', 0)
    const all = [
      ...['state', 'changes', 'marks', 'names', 'expiry', 'sizes', 'secret', 'ledger'].map(
        (word) => names[word as 'state'],
      ),
      ...[
        names.cellNames,
        names.ledgerMinutes,
        names.ledgerServices,
        names.channel,
        names.entry('KEY'),
        names.chunk('ID', 0),
      ],
      ...[names.cell('NAME'), names.cellChannel('NAME'), `${names.ledgerMinutePrefix}MINUTE`],
    ]
    const listed = rows('redis', 'key names').flatMap(([name = '']) => codes(name))
    expect(listed.sort()).toEqual(all.sort())
  })
})

describe('scale.md', () => {
  it('has the figures of the benches, and when they were measured', () => {
    const bench = textOf('bench/README.md')
    const listed = rows('scale', 'process')
    expect(listed).toHaveLength(5)
    for (const [what, us = '', perSecond = ''] of listed) {
      const isThere = bench.split('\n').some((line) => line.includes('Cachette') && line.includes(` ${us} |`))
      expect(isThere, what).toBe(true)
      expect(Number(perSecond.replaceAll(',', '')), what).toBeCloseTo(
        Number((1e6 / Number(us)).toPrecision(2)),
      )
    }
    const [, section = ''] = /<!-- begin hit-latency -->([\s\S]*?)<!-- end hit-latency -->/.exec(bench) ?? []
    expect(guide('scale')).toContain(/Measured .*/.exec(section)?.[0])
  })
})

describeWithRedis('scale.md, at a real server', () => {
  /** What is asked of a server while something is done, and until that is over. What is asked every so often is left out. */
  async function commandsOf(
    server: RedisServer,
    work: () => Promise<unknown>,
    isOver: (asked: readonly string[]) => boolean = () => true,
  ): Promise<number> {
    const lines: string[] = []
    const asked = (): readonly string[] =>
      lines.filter((line) => !/ lua\]|"(?:ECHO|HMGET|HELLO|CLIENT)"|:ledger/i.test(line))
    const monitor = createClient({ url: server.url })
    monitor.on('error', () => undefined)
    await monitor.connect()
    await monitor.monitor((line) => void lines.push(String(line)))
    await work()
    await until(() => isOver(asked()), 'what is done behind the caller')
    await server.command('ECHO', 'the end')
    await until(() => lines.some((line) => line.includes('the end')), 'the end of the list')
    monitor.destroy()
    return asked().length
  }

  /** A lease is taken by two commands, and given back by two; two more where their scripts have to be brought first. */
  const isReleasedBy =
    (commands: number) =>
    (asked: readonly string[]): boolean =>
      asked.filter((line) => line.includes('cell:lease:')).length === commands

  async function openRedisWorld(
    service: object = {},
    near: { memory?: false } = {},
  ): Promise<{ world: CacheWorld; server: RedisServer }> {
    const server = await startRedis()
    onTestFinished(() => server.dispose())
    const store = { type: 'redis', url: server.url, timeout: '5s' } as const
    const world = await openWorld({ store, ...near, service: { ttl: '1h', ...service } })
    await commandsOf(server, () => world.api.getExternal('/first'), isReleasedBy(6))
    return { world, server }
  }

  const said = (call: string): string | undefined =>
    rows('scale', 'commands').find(([name]) => name === call)?.[1]

  it.each([
    ['a miss that is stored', {}],
    ['the same, under a `quota`', { quota: '1000/1d' }],
  ])('counts what is asked for: %s', async (call, service) => {
    const { world, server } = await openRedisWorld(service)
    // What was looked at a moment ago is not looked at again.
    world.clock.advance(1_000)
    const asked = await commandsOf(server, () => world.api.getExternal('/second'), isReleasedBy(4))
    expect(String(asked)).toBe(said(call))
  })

  it('counts what is asked for: hits and purges', async () => {
    const far = await openRedisWorld({}, { memory: false })
    const farHit = (): Promise<unknown> => far.world.api.getExternal('/first')
    expect(String(await commandsOf(far.server, farHit))).toBe(said('a hit in Redis'))
    const { world, server } = await openRedisWorld()
    const hit = (): Promise<unknown> => world.api.getExternal('/first')
    expect(String(await commandsOf(server, hit))).toBe(said('a hit in memory'))
    const purging = (): Promise<unknown> => world.cachette.purge({ tag: 'x' })
    await purging()
    expect(String(await commandsOf(server, purging))).toBe(said('a purge'))
  })
})
