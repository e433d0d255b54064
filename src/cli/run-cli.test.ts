// The command line over an admin that answers from a list: forms, widths, exit codes. The real thing is run as
// child processes in test/end-to-end.
import { Writable } from 'node:stream'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { Admin } from '../admin/admin.js'
import { CachetteError } from '../errors/cachette-error.js'
import type { EntrySummary } from '../model/entry-summary.js'
import type { QuotaState } from '../model/limits.js'
import type { ServiceMetrics } from '../model/metrics.js'
import { OUTCOMES } from '../model/outcome.js'
import { runCli } from './run-cli.js'

const figures: ServiceMetrics = {
  hits: 12_340,
  misses: 660,
  totalRequests: 13_000,
  hitRate: (100 * 12_340) / 13_000,
  outcomes: { ...zero(), hit: 12_000, coalesced: 340, miss: 600, rescued: 60, bypass: 7 },
  originCalls: 720,
  savedMs: 1_500_000,
  savedBytes: 131_000_000,
  drifts: 0,
  latencyMs: { hit: { p50: 0.004, p95: 0.3, p99: 1.2 }, miss: { p50: 112, p95: 290, p99: 301 } },
}

const entry: EntrySummary = {
  key: 'kq8vZ2mXw0tR5bYcN1sLpA',
  service: 'tmdb',
  method: 'GET',
  url: 'https://api.themoviedb.org/3/search/movie?include_adult=false&language=en-US&page=1&query=Inception',
  status: 200,
  sizeBytes: 10_700,
  storedAtMs: Date.now() - 200_000,
  confirmedAtMs: Date.now() - 200_000,
  staleAtMs: Date.now() + 3_600_000,
  removeAtMs: Date.now() + 7 * 86_400_000,
  tags: [],
  tier: 'lmdb',
}

function zero(): Record<(typeof OUTCOMES)[number], number> {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as ReturnType<typeof zero>
}

function fakeAdmin(overrides: Partial<Admin>): Admin {
  const refuse = (): never => {
    throw new Error('not expected')
  }
  return {
    metrics: () =>
      Promise.resolve({
        ...figures,
        services: { tmdb: figures, my_service: figures },
        sinceMs: Date.now() - 90_000,
      }),
    resetMetrics: refuse,
    cleanExpired: refuse,
    purge: refuse,
    list: () => Promise.resolve({ entries: [entry], cursor: 'next page' }),
    entry: () => Promise.resolve(undefined),
    explain: refuse,
    serviceFor: refuse,
    get: refuse,
    services: () => Promise.resolve([]),
    quotas: () => Promise.resolve([]),
    resetQuota: refuse,
    onRequest: () => () => undefined,
    health: refuse,
    close: () => Promise.resolve(),
    ...overrides,
  }
}

interface Run {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

async function run(
  args: readonly string[],
  overrides: Partial<Admin> = {},
  columns?: number,
  environment: Record<string, string> = {},
): Promise<Run> {
  const texts = { out: '', err: '' }
  const stream = (name: 'out' | 'err'): NodeJS.WriteStream => {
    const writable = new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString()
        done()
      },
    })
    return Object.assign(writable, { isTTY: columns !== undefined, columns }) as unknown as NodeJS.WriteStream
  }
  const exitCode = await runCli(args, {
    environment,
    stdout: stream('out'),
    stderr: stream('err'),
    openAdmin: () => Promise.resolve(fakeAdmin(overrides)),
  })
  return { exitCode, ...texts }
}

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)))

describe('forms', () => {
  it.each([40, 60, 80, 120, 200])('metrics fit a terminal of %d columns', async (columns) => {
    const { out } = await run(['metrics'], {}, columns, { NO_COLOR: '1' })
    expect(widest(out)).toBeLessThanOrEqual(columns)
    expect(out).toContain('94.9 %')
    expect(out).toContain('7 bypassed')
  })

  it.each([40, 80, 120])('a list fits a terminal of %d columns', async (columns) => {
    const { out, err } = await run(['list'], {}, columns, { NO_COLOR: '1' })
    expect(widest(out)).toBeLessThanOrEqual(columns)
    expect(err).toContain("--cursor 'next page'")
  })

  it('a pipe gets full values without box and colour', async () => {
    const { out } = await run(['list'])
    expect(out).toContain(entry.url)
    expect(out).toContain(entry.key)
    expect(out).not.toMatch(/[│┌\u001b]/)
  })

  it('colour is for terminals, unless NO_COLOR or FORCE_COLOR says otherwise', async () => {
    expect((await run(['metrics'], {}, 80)).out).toContain('\u001b[')
    expect((await run(['metrics'], {}, 80, { NO_COLOR: '1' })).out).not.toContain('\u001b[')
    expect((await run(['metrics'], {}, 80, { TERM: 'dumb' })).out).not.toContain('\u001b[')
    expect((await run(['metrics'])).out).not.toContain('\u001b[')
    expect((await run(['metrics'], {}, undefined, { FORCE_COLOR: '1' })).out).toContain('\u001b[')
    expect((await run(['metrics', '--json'], {}, 80, { FORCE_COLOR: '1' })).out).not.toContain('\u001b[')
  })

  it('--json is the object that the library gives, before or after the command', async () => {
    const after = await run(['metrics', '--json'], {}, 80)
    expect(JSON.parse(after.out)).toMatchObject({ hits: 12_340, services: { tmdb: { originCalls: 720 } } })
    const before = await run(['--json', 'cache_metrics'])
    expect(JSON.parse(before.out)).toMatchObject({ totalRequests: 13_000 })
  })

  it('bytes come as base64 in JSON and are not shown on a terminal', async () => {
    const answer = {
      data: new Uint8Array([0, 255, 27]),
      status: 200,
      headers: {},
      outcome: 'hit',
      because: 'fresh',
      ageMs: 5_000,
      ttlMs: 60_000,
      tier: 'memory',
    } as const
    const get = (): Promise<typeof answer> => Promise.resolve(answer)
    const json = await run(['get', 'https://a.example/', '--json'], { get })
    expect(JSON.parse(json.out)).toMatchObject({ data: { base64: 'AP8b' }, outcome: 'hit' })
    const terminal = await run(['get', 'https://a.example/'], { get }, 80, { NO_COLOR: '1' })
    expect(terminal).toMatchObject({ out: '', exitCode: 0 })
    expect(terminal.err).toContain('200 hit (fresh) from memory, 5 s old, fresh for 1 min\n3 B of bytes')
  })
})

describe('exit codes', () => {
  it.each([
    [['metrix'], 2, "unknown command 'metrix'\n(Did you mean metrics?)"],
    [['list', '--limt', '2'], 2, '(Did you mean --limit?)'],
    [['list', '--limit', '0'], 2, "--limit '0' is not a whole number from 1 to 1000."],
    [['list', 'surplus'], 2, 'too many arguments'],
    [['get'], 2, "missing required argument 'url'"],
    [['get', 'api.example.com/x?key=1'], 2, "'api.example.com/x?…' is not a URL"],
    [['get', 'https://a.example', '--ttl', 'soon'], 2, "--ttl 'soon' is not a number of hours"],
    [['get', 'https://a.example', '--param', 'x'], 2, "--param 'x' is not of the form name=value."],
    [['get', 'https://a.example', '--header', 'Authorization Bearer abcdef'], 2, "--header 'Authorizatio…'"],
    [['purge'], 2, 'say what to purge'],
    [['purge', '--all', '--service', 'tmdb'], 2, '--all purges every entry'],
    [['purge', '--soft'], 2, 'say what to purge'],
    [['purge', '--url', 'api.example.com/*'], 2, "'api.example.com/*' is not a URL"],
    [['quota'], 0, ''],
    [['quota', '--service', 'spotfy'], 2, 'there is no service spotfy, nor a budget of one'],
    [['quota', '--rest'], 2, 'Did you mean --reset?'],
    [['serve', '--port', '8787'], 2, "'cachette serve' is not in this version"],
    [['metrics', '--watch', '--reset'], 2, '--watch only shows figures'],
    [['metrics', '--history', '1y'], 2, "--history '1y' is not a time span"],
    [['warm', '--iterations', '2.5'], 2, "--iterations '2.5' is not a whole number"],
    [['warm', '--file', '/nowhere/urls.txt'], 2, "--file '/nowhere/urls.txt' cannot be read"],
    [['warm'], 2, 'no service is left to warm (none is configured)'],
    [['show', 'nokey'], 1, "nothing is stored for 'nokey'"],
    [[], 2, 'Usage: cachette'],
    [['--help'], 0, ''],
    [['--version'], 0, ''],
  ])('%j ends with %d', async (args, exitCode, sentence) => {
    const result = await run(args)
    expect(result.exitCode).toBe(exitCode)
    expect(result.err).toContain(sentence)
    expect(result.err).not.toContain('    at ')
  })

  it.each([
    ['CACHETTE_CONFIG', 2],
    ['CACHETTE_CREDENTIALS', 2],
    ['CACHETTE_ORIGIN_UNREACHABLE', 1],
    ['CACHETTE_STORE', 1],
  ] as const)('an error %s ends with %d, in a sentence or as JSON', async (code, exitCode) => {
    const metrics = (): Promise<never> =>
      Promise.reject(new CachetteError(code, 'it failed', { service: 'tmdb' }))
    const text = await run(['metrics'], { metrics })
    expect(text).toMatchObject({ exitCode, out: '', err: 'error: it failed\n' })
    const json = await run(['metrics', '--json'], { metrics })
    expect(JSON.parse(json.err)).toMatchObject({ error: { code, message: 'it failed', service: 'tmdb' } })
  })

  it('usage errors are JSON too where --json asks', async () => {
    const { err, exitCode } = await run(['list', '--limt', '1', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'USAGE' } })
  })

  it('the stack and its causes come with CACHETTE_DEBUG=1 alone', async () => {
    const metrics = (): Promise<never> => Promise.reject(new Error('outer', { cause: new Error('inner') }))
    const { err } = await run(['metrics'], { metrics }, undefined, { CACHETTE_DEBUG: '1' })
    expect(err).toMatch(/^error: outer\nError: outer\n {4}at [^]*caused by: Error: inner\n {4}at /)
  })
})

describe('metrics', () => {
  it('--clean-expired says what went, what stays and why', async () => {
    const cleanExpired = (): Promise<{ removed: number; staleKept: number }> =>
      Promise.resolve({ removed: 3, staleKept: 12 })
    const { out } = await run(['cache_metrics', '--clean-expired'], { cleanExpired })
    expect(out).toContain('3 expired entries removed; 12 stale entries stay to rescue calls that fail')
    const json = await run(['metrics', '--clean-expired', '--json'], { cleanExpired })
    expect(JSON.parse(json.out)).toMatchObject({ cleanExpired: { removed: 3, staleKept: 12 } })
  })

  it('--reset shows the figures a last time', async () => {
    let resets = 0
    const resetMetrics = (): Promise<void> => Promise.resolve(void (resets += 1))
    const { out } = await run(['metrics', '--reset'], { resetMetrics })
    expect(out).toContain('13,000 = 12,340 hits + 660 misses')
    expect(out).toContain('Reset: every process now counts from zero.')
    expect(resets).toBe(1)
  })
})

describe('quota', () => {
  const untilMs = Date.now() + 20_000_000
  const states: readonly QuotaState[] = [
    {
      service: 'tmdb',
      identity: undefined,
      level: 'scarce',
      budgets: [{ name: '1000/1d', kind: 'quota', limit: 1_000, remaining: 3, renewsAtMs: untilMs }],
      coolDown: undefined,
    },
    {
      service: 'spotify',
      identity: undefined,
      level: 'ample',
      budgets: [],
      coolDown: { untilMs, because: 'origin-quota' },
    },
    {
      service: 'books',
      identity: undefined,
      level: 'ample',
      budgets: [{ name: '7/1s', kind: 'rate-limit', limit: 7, remaining: 7, renewsAtMs: undefined }],
      coolDown: undefined,
    },
  ]
  const quotas = (): Promise<readonly QuotaState[]> => Promise.resolve(states)

  it('shows budgets and cool-downs, of all or of one service', async () => {
    const { out } = await run(['quota'], { quotas })
    expect(out).toMatch(/tmdb +all +1000\/1d +quota +3 +1,000 +in 5 h/)
    expect(out).toContain('spotify cools down until')
    expect((await run(['quota', '--service', 'tmdb'], { quotas })).out).not.toContain('spotify')
    expect(JSON.parse((await run(['quota', '--json'], { quotas })).out)).toEqual({
      quotas: JSON.parse(JSON.stringify(states)) as unknown,
    })
  })

  it('--reset says what was forgotten, of all or of one service', async () => {
    const reset: (string | undefined)[] = []
    const resetQuota = (service?: string): Promise<void> => Promise.resolve(void reset.push(service))
    const all = await run(['quota', '--reset'], { quotas, resetQuota })
    expect(all.out).toBe(
      'Reset: the budgets of every service are whole again, and a cool-down is over, for every process on the store.\n',
    )
    const one = await run(['quota', '--reset', '--service', 'tmdb', '--json'], { quotas, resetQuota })
    expect(JSON.parse(one.out)).toMatchObject({ reset: true, quotas: [{ service: 'tmdb' }] })
    expect(reset).toEqual([undefined, 'tmdb'])
  })

  it('metrics show the budgets that were touched', async () => {
    const { out } = await run(['metrics'], { quotas })
    expect(out).toMatch(/tmdb +all +1000\/1d/)
    expect(out).toContain('spotify cools down')
    expect(out).not.toContain('7/1s')
    const json = JSON.parse((await run(['metrics', '--json'], { quotas })).out) as { quotas: unknown[] }
    expect(json.quotas).toHaveLength(3)
  })
})
