// The tables on the pages on behaviour under trouble are held against calls, settings, figures and the code's own constants.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { classifyStatus } from '../../src/decide/decide-after-response.js'
import type { Explanation } from '../../src/model/entry-summary.js'
import { LEASE_MS } from '../../src/model/leases.js'
import { type CacheWorld, openWorld } from '../helpers/cache-world.js'
import { until } from '../helpers/gate.js'
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
