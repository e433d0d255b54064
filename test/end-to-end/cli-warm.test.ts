// `cachette warm` as real child processes: its verdict, its figures, its wrong input, its end by Ctrl-C.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canMakeTerminal, createCliWorld, runOnTerminal, type CliWorld } from './cli-world.js'

let world: CliWorld
beforeEach(async () => {
  world = await createCliWorld()
})
afterEach(() => world.close())

const urls = (...paths: string[]): string => paths.map((path) => `${world.origin}${path}\n`).join('')

describe('warm --file', () => {
  it('reaches the best possible hit rate and says so', async () => {
    const file = await world.write('urls.txt', `# popular\n\n${urls('/a', '/b')}my_service ${urls('/c')}`)
    const { exitCode, out } = await world.run(['warm', '--file', file, '--iterations', '10'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/hit rate +90\.0 %, at least the 40 %/)
    expect(out).toMatch(/best possible +90\.0 % from an empty cache: 3 different among 30 requests/)
    expect(out).toMatch(/origin calls +3, 0\.100 per request/)
    expect(world.seen).toHaveLength(3)
  })

  it('--json has every iteration', async () => {
    const file = await world.write('urls.txt', urls('/a', '/b', '/b?x=1&y=2', '/b?y=2&x=1'))
    const { exitCode, value } = await world.json(['test_cache_warming', '--file', file, '--iterations', '3'])
    expect(exitCode).toBe(0)
    expect(value).toMatchObject({
      requests: 12,
      distinct: 3,
      hits: 9,
      misses: 3,
      hitRate: 75,
      bestHitRate: 75,
      isWarm: true,
    })
    expect(value['iterations']).toHaveLength(3)
    expect(value['iterations']?.[2]).toMatchObject({ requests: 4, hits: 4, hitRate: 100, originCalls: 0 })
  })

  it('under 40 % ends with 1', async () => {
    const file = await world.write('urls.txt', urls('/a', '/b'))
    const { exitCode, out } = await world.run(['warm', '--file', file, '--iterations', '1'])
    expect(exitCode).toBe(1)
    expect(out).toMatch(/hit rate +0\.0 %, under the 40 %/)
  })

  it('failed calls are counted with their reasons', async () => {
    const file = await world.write('urls.txt', urls('/a', '/status/500', '/status/404'))
    const { value, exitCode } = await world.json(['warm', '--file', file, '--iterations', '4'])
    expect(exitCode).toBe(0)
    const failures = [...(value['failures'] ?? [])]
    expect(failures.reduce((sum, failure) => sum + Number(failure['count']), 0)).toBe(8)
    const { out } = await world.run(['warm', '--file', file, '--iterations', '4'])
    expect(out).toContain('8 of the calls failed:')
  })

  it.each([
    ['/movie/550\n', /urls\.txt:1: '\/movie\/550' is not a URL/],
    ['# nothing\n', /urls\.txt holds no URL/],
    ['tmdb https://a.example/ surplus\n', /urls\.txt:1: .*more than a service and a URL/],
  ])('a file with %j ends with 2 before any call', async (text, sentence) => {
    const file = await world.write('urls.txt', text)
    const { exitCode, err } = await world.run(['warm', '--file', file])
    expect(exitCode).toBe(2)
    expect(err).toMatch(sentence)
    expect(world.seen).toEqual([])
  })

  it.each([
    ['', /no service claims the host localhost:\d+/],
    ['other ', /service name "other" is reserved/],
  ])('a URL of an unclaimed host after %j ends with 2 before any call', async (service, sentence) => {
    const elsewhere = world.origin.replace('127.0.0.1', 'localhost')
    const file = await world.write('urls.txt', `${urls('/a')}${service}${elsewhere}/b\n`)
    const { exitCode, err } = await world.run(['warm', '--file', file])
    expect(exitCode).toBe(2)
    expect(err).toMatch(sentence)
    expect(world.seen).toEqual([])
  })

  it('Ctrl-C ends with 130, with figures, and nothing counted is lost', async () => {
    const file = await world.write('urls.txt', urls('/slow/1', '/slow/2', '/slow/3', '/slow/4'))
    const args = ['warm', '--file', file, '--iterations', '1000', '--concurrency', '1']
    const interruptWhen = (): boolean => world.seen.length >= 3
    const slow = await world.run([...args], { interruptWhen })
    expect(slow.exitCode).toBe(130)
    expect(slow.out).toContain('interrupted')
    const { value } = await world.json(['metrics'])
    const requests = Number(/([\d,]+) requests?\n/.exec(slow.out)?.[1]?.replace(',', '') ?? 0)
    expect(Number(value['totalRequests'])).toBeGreaterThanOrEqual(requests)
  })
})

describe('warm without a file', () => {
  it('with no service left says so and ends with 2', async () => {
    const { exitCode, err } = await world.run(['warm'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/no service is left to warm \(.*tmdb: no credentials; set /)
  })

  it('an unknown service ends with 2 and the nearest name', async () => {
    const { exitCode, err } = await world.run(['warm', '--service', 'tmbd'])
    expect(exitCode).toBe(2)
    expect(err).toContain("Did you mean 'tmdb'?")
  })

  it('--demo warms every service without keys and network', async () => {
    const { exitCode, value } = await world.json([
      'warm',
      '--demo',
      '--iterations',
      '5',
      '--concurrency',
      '16',
    ])
    expect(exitCode).toBe(0)
    expect(value).toMatchObject({ skipped: [], isWarm: true })
    expect(Number(value['hitRate'])).toBeGreaterThan(70)
    // The demo leaves the store of this folder alone.
    expect((await world.json(['metrics'])).value).toMatchObject({ totalRequests: 0 })
  })
})

describe('one store, four processes', () => {
  it('metrics are the sum of what all of them counted', async () => {
    const paths = Array.from({ length: 20 }, (_, index) => `/item/${index}`)
    const file = await world.write('urls.txt', urls(...paths))
    const args = ['warm', '--file', file, '--iterations', '25']
    const reports = await Promise.all([1, 2, 3, 4].map(() => world.json(args)))
    const sum = (name: string): number => reports.reduce((all, { value }) => all + Number(value[name]), 0)
    expect(sum('requests')).toBe(2_000)
    const { value } = await world.json(['metrics'])
    expect(value).toMatchObject({
      totalRequests: 2_000,
      hits: sum('hits'),
      misses: sum('misses'),
      originCalls: sum('originCalls'),
    })
    expect(world.seen).toHaveLength(sum('originCalls'))
    const { out } = await world.run(['metrics'])
    expect(out).toContain('2,000 = ')
  })
})

describe.runIf(canMakeTerminal)('progress', () => {
  it('shows rate and time left on a terminal, for what takes over a second', async () => {
    const paths = Array.from({ length: 30 }, (_, index) => `/slow/${index}`)
    await world.write('urls.txt', urls(...paths))
    const { out } = await runOnTerminal(world, ['warm', '--file', 'urls.txt', '--iterations', '2'], 100)
    expect(out).toMatch(/warming [█░]+ \d+\/60 {2}[\d.]+\/s {2}.* left/)
  })
})
