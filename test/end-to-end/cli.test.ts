// Every command as a real child process over a real LMDB store and a loopback origin.
import stringWidth from 'string-width'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canMakeTerminal, createCliWorld, runOnTerminal, type CliWorld } from './cli-world.js'

let world: CliWorld
beforeEach(async () => {
  world = await createCliWorld()
})
afterEach(() => world.close())

describe('get', () => {
  it('asks the origin once, then the store, across processes', async () => {
    const first = await world.run(['get', `${world.origin}/data?b=2&a=1`])
    expect(first).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(first.out)).toEqual({ path: '/data', query: '?b=2&a=1' })
    expect(first.err).toMatch(/^200 miss \(.*\) from origin, new, fresh for 6 h\n$/)
    const second = await world.json(['get', `${world.origin}/data?a=1&b=2`])
    expect(second.value).toMatchObject({ outcome: 'hit', because: 'fresh', tier: 'lmdb', status: 200 })
    expect(world.seen).toHaveLength(1)
  })

  it('sends parameters and headers, and calls as the service given', async () => {
    const args = ['--service', 'my_service', '--param', 'q=a b', '--param', 'id=1', '--param', 'id=2']
    await world.run(['get', `${world.origin}/data`, ...args, '--header', 'Accept-Language: fr'])
    expect(world.seen[0]).toMatch(/^GET \/data\?q=a(%20|\+)b&id=1&id=2$/)
    expect(world.lastHeaders()).toMatchObject({ 'accept-language': 'fr' })
  })

  it('--ttl sets how long the answer stays fresh, --refresh asks whatever is stored', async () => {
    const first = await world.json(['get', `${world.origin}/data`, '--ttl', '0.5'])
    expect(Number(first.value['ttlMs'])).toBeGreaterThan(1_790_000)
    expect(Number(first.value['ttlMs'])).toBeLessThanOrEqual(1_800_000)
    await world.run(['get', `${world.origin}/data`, '--refresh'])
    expect(world.seen).toHaveLength(2)
  })

  it('a status of 400 or above is shown and ends with 1', async () => {
    const { exitCode, out, err } = await world.run(['get', `${world.origin}/status/404`])
    expect({ exitCode, out: JSON.parse(out) as unknown }).toMatchObject({
      exitCode: 1,
      out: { path: '/status/404' },
    })
    expect(err).toMatch(/^404 miss/)
  })

  it('gives a pipe text and bytes as they came', async () => {
    expect((await world.run(['get', `${world.origin}/text`])).out).toBe('plain \u001b[31mtext\n')
    expect([...(await world.run(['get', `${world.origin}/bytes`])).bytes]).toEqual([0, 255, 10, 13])
    expect((await world.json(['get', `${world.origin}/bytes`])).value).toMatchObject({
      data: { base64: 'AP8KDQ==' },
    })
  })

  it('an origin that is down ends with 1 and a sentence, and rescues what is stored', async () => {
    await world.run(['get', `${world.origin}/kept`, '--ttl', '0'])
    await world.stopOrigin()
    const { value, exitCode } = await world.json(['get', `${world.origin}/kept`])
    expect({ exitCode, outcome: value['outcome'] }).toEqual({ exitCode: 0, outcome: 'rescued' })
    const failed = await world.run(['get', `${world.origin}/never-asked`])
    expect(failed).toMatchObject({ exitCode: 1, out: '' })
    expect(failed.err).toMatch(/^error: .+\n$/)
    const json = await world.run(['get', `${world.origin}/never-asked`, '--json'])
    expect(JSON.parse(json.err)).toMatchObject({
      error: { code: 'CACHETTE_ORIGIN_UNREACHABLE', service: 'my_service' },
    })
  })

  it('Ctrl-C ends it with 130', async () => {
    const interruptWhen = (): boolean => world.seen.length === 1
    const { exitCode, out } = await world.run(['get', `${world.origin}/slow`], { interruptWhen })
    expect({ exitCode, out }).toEqual({ exitCode: 130, out: '' })
  })

  it('a host that no service claims needs --service', async () => {
    const elsewhere = world.origin.replace('127.0.0.1', 'localhost')
    const refused = await world.run(['get', `${elsewhere}/data`])
    expect(refused.exitCode).toBe(2)
    expect(refused.err).toMatch(/^error: no service claims the host localhost:\d+; .*--service/)
    expect((await world.run(['get', `${elsewhere}/data`, '--service', 'another'])).exitCode).toBe(0)
  })
})

describe('list and show', () => {
  beforeEach(async () => {
    await world.fill(['/one?x=1', '/two', '/three'])
  })

  it('lists entries by service and part of the URL, page by page', async () => {
    const { out } = await world.run(['list'])
    expect(out.split('\n')[0]).toMatch(/^key +service +status +size +age +fresh for +tier +request$/)
    expect(out).toContain(`GET ${world.origin}/one?x=1`)
    const two = await world.json(['list', '--query', '/TWO'])
    expect(two.value['entries']).toHaveLength(1)
    expect((await world.json(['list', '--service', 'tmdb'])).value['entries']).toEqual([])
    const page = await world.json(['list', '--limit', '2'])
    expect(page.value['entries']).toHaveLength(2)
    const rest = await world.json(['list', '--limit', '2', '--cursor', String(page.value['cursor'])])
    expect(rest.value['entries']).toHaveLength(1)
    expect(rest.value['cursor']).toBeUndefined()
  })

  it('shows an entry by URL, key and the beginning of a key', async () => {
    const { value } = await world.json(['show', `${world.origin}/one?x=1`])
    expect(value).toMatchObject({
      service: 'my_service',
      status: 200,
      data: { path: '/one' },
      isPurged: false,
    })
    const { value: listed } = await world.json(['list', '--query', '/one'])
    const key = String(value['key'])
    expect(listed['entries']?.[0]?.['key']).toBe(key)
    expect((await world.json(['show', key])).value['key']).toBe(key)
    expect((await world.json(['show', key.slice(0, 10)])).value['key']).toBe(key)
    const { out } = await world.run(['show', key])
    expect(out).toContain(`GET ${world.origin}/one?x=1`)
    expect(out).toContain('content-type')
    expect(out).toContain('"path": "/one"')
  })

  it('what is not stored ends with 1', async () => {
    expect(await world.run(['show', `${world.origin}/four`])).toMatchObject({ exitCode: 1, out: '' })
    expect(await world.run(['show', 'nosuchkey', '--json'])).toMatchObject({ exitCode: 1, out: 'null\n' })
  })
})

describe('explain', () => {
  it('says what would happen and why, with nothing called', async () => {
    const before = await world.json(['explain', `${world.origin}/data`])
    expect(before.value).toMatchObject({ decision: 'fetch', because: 'not-in-cache' })
    expect(world.seen).toEqual([])
    await world.run(['get', `${world.origin}/data`])
    const { out } = await world.run(['explain', `${world.origin}/data`])
    expect(out).toContain('serve-fresh: A call now would be answered from the cache')
    expect(out).toContain('fresh: An entry is stored and is younger than the TTL in force.')
    expect(out).toMatch(/stored +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(/)
    expect(out).toMatch(/ttl\w* +6 h +service \(file\)/)
  })
})

describe('purge', () => {
  beforeEach(async () => {
    await world.fill(['/one', '/two'])
  })

  const outcomeOf = async (path: string): Promise<unknown> =>
    (await world.json(['get', world.origin + path])).value['outcome']

  it('by URL takes that entry out of use and leaves the others', async () => {
    const { exitCode, out } = await world.run(['purge', '--url', `${world.origin}/one`])
    expect({ exitCode, out }).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^Purged: /) as string,
    })
    expect([await outcomeOf('/one'), await outcomeOf('/two')]).toEqual(['miss', 'hit'])
  })

  it('by what URLs begin with, and says what those are', async () => {
    await world.run(['get', `${world.origin}/one/more?page=2`])
    const { exitCode, out } = await world.run(['purge', '--url', `${world.origin}/one/*`])
    expect({ exitCode, out }).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining(`Purged: every entry below ${world.origin}/one/ stored`) as string,
    })
    expect([await outcomeOf('/one'), await outcomeOf('/one/more?page=2')]).toEqual(['hit', 'miss'])
    const wrong = await world.run(['purge', '--url', `${world.origin}/o*`])
    expect({ exitCode: wrong.exitCode, err: wrong.err }).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('a star stands at the end alone') as string,
    })
  })

  it('by service, of all, and softly', async () => {
    expect((await world.json(['purge', '--service', 'my_service'])).value).toEqual({ removed: null })
    expect(await outcomeOf('/one')).toBe('miss')
    await world.run(['purge', '--all', '--soft'])
    await world.stopOrigin()
    expect(await outcomeOf('/one')).toBe('rescued')
  })
})

describe('metrics', () => {
  it('counts what every process did, by service', async () => {
    await world.fill(['/one', '/one', '/one', '/two'])
    const { value } = await world.json(['metrics'])
    expect(value).toMatchObject({ totalRequests: 4, hits: 2, misses: 2, hitRate: 50, originCalls: 2 })
    expect(value['services']).toMatchObject({ my_service: { totalRequests: 4 } })
    const { out } = await world.run(['cache_metrics'])
    expect(out).toContain('4 = 2 hits + 2 misses')
    expect(out).toContain('50.0 %  above the 40 % line')
  })

  it('--reset sets them to zero, --history gives their course', async () => {
    await world.run(['get', `${world.origin}/one`])
    const { value } = await world.json(['metrics', '--history', '1h'])
    expect(value['history']).toEqual([expect.objectContaining({ misses: 1, originCalls: 1 })])
    const { out } = await world.run(['metrics', '--history', '1h'])
    expect(out.trimEnd().split('\n').slice(-61)[0]).toMatch(/^from +requests/)
    expect((await world.json(['metrics', '--reset'])).value).toMatchObject({ totalRequests: 1, reset: true })
    expect((await world.json(['metrics'])).value).toMatchObject({ totalRequests: 0, hitRate: 0 })
  })

  it('--clean-expired says what went and what stays', async () => {
    await world.run(['get', `${world.origin}/one`, '--ttl', '0'])
    const { out, exitCode } = await world.run(['metrics', '--clean-expired'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^0 expired entries removed; /)
  })

  it('--watch prints a line per second in a pipe and ends with 0 on Ctrl-C', async () => {
    const interruptWhen = (out: string): boolean => out.split('\n').length > 2
    const { exitCode, out } = await world.run(['metrics', '--watch'], { interruptWhen })
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^(\d\d:\d\d:\d\d {2}requests 0 {2}hit rate 0\.0 % .*\n){2,}$/)
    const json = await world.run(['metrics', '--watch', '--json'], { interruptWhen })
    expect(JSON.parse(json.out.split('\n')[1] ?? '')).toMatchObject({ totalRequests: 0 })
  })
})

describe('doctor', () => {
  it('is content with a store that works and warns about missing credentials', async () => {
    await world.run(['get', `${world.origin}/one`])
    const { value, exitCode } = await world.json(['doctor'])
    expect({ exitCode, isHealthy: value['isHealthy'] }).toEqual({ exitCode: 0, isHealthy: true })
    const checks = [...(value['checks'] ?? [])]
    expect(checks.filter((check) => check['status'] === 'fail')).toEqual([])
    const byName = Object.fromEntries(checks.map((check) => [String(check['name']), check]))
    expect(byName['service tmdb']).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('TMDB_API_KEY') as string,
    })
    expect(byName['configuration']).toMatchObject({
      detail: expect.stringContaining('cachette.config.mjs') as string,
    })
    expect(byName['permissions']).toMatchObject({ status: 'ok' })
    expect(byName['store']).toMatchObject({ detail: expect.stringContaining(world.store) as string })
  })

  it.each([
    ['CACHE_TTL_TMDB_HOURS', 'abc', 'CACHE_TTL_TMDB_HOURS is "abc"'],
    ['CACHETTE_STORE', 'mysql://localhost', 'CACHETTE_STORE is "mysql://localhost"'],
    ['CACHETTE_STORE', 'redis:localhost', 'CACHETTE_STORE is "redis:localhost"; expected a URL such as'],
  ])('%s=%s is a failure that names it', async (name, value, sentence) => {
    const { exitCode, out } = await world.run(['doctor'], { env: { [name]: value } })
    expect(exitCode).toBe(1)
    expect(out).toMatch(/fail +configuration/)
    expect(out).toContain(sentence)
  })

  it('a store that cannot be opened is a failure, not just a warning', async () => {
    const file = await world.write('not-a-folder', '')
    const { exitCode, out, err } = await world.run(['doctor'], {
      env: { CACHETTE_STORE: `lmdb:${file}/store` },
    })
    expect(exitCode).toBe(1)
    expect(out).toMatch(/fail +store +the store lmdb:.* could not be opened/)
    expect(err).toMatch(/^warning: the store lmdb:.*\n$/)
  })

  it('a config file with a misspelt option is a failure that names the file', async () => {
    await world.write('cachette.config.mjs', 'export default { sevices: {} }\n')
    const { exitCode, out } = await world.run(['doctor'])
    expect(exitCode).toBe(1)
    expect(out).toMatch(/fail +\S+ .*cachette\.config\.mjs/)
  })
})

describe('wrong usage and configuration', () => {
  it.each([
    [['metrik'], "unknown command 'metrik'"],
    [['list', '--limt', '3'], 'Did you mean --limit?'],
    [['purge'], 'say what to purge'],
    [['quota', '--service', 'spotfy'], 'there is no service spotfy'],
    [['serve', '--port', '1'], 'not in this version'],
  ])('%j ends with 2', async (args, sentence) => {
    const { exitCode, out, err } = await world.run(args)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(sentence)
  })

  it('a wrong variable ends with 2, named with its value, without a stack', async () => {
    const { exitCode, err } = await world.run(['metrics'], { env: { CACHE_TTL_SPOTIFY_HOURS: '-1' } })
    expect(exitCode).toBe(2)
    expect(err).toMatch(/^error: .*CACHE_TTL_SPOTIFY_HOURS.*-1.*\n$/)
  })

  it('--store wins over CACHETTE_STORE', async () => {
    await world.run(['--store', `lmdb:${world.folder}/elsewhere`, 'get', `${world.origin}/one`])
    expect((await world.json(['list'])).value['entries']).toEqual([])
  })

  it('a reader that closes the pipe early is no failure', async () => {
    const { promisify } = await import('node:util')
    const execFile = promisify((await import('node:child_process')).execFile)
    const { CLI } = await import('./cli-world.js')
    const command = `'${process.execPath}' '${CLI}' metrics --history 7d | head -1`
    const { stdout, stderr } = await execFile('bash', ['-o', 'pipefail', '-c', command], {
      cwd: world.folder,
      env: { ...process.env, CACHETTE_STORE: `lmdb:${world.store}` },
    })
    expect(stdout).toMatch(/^hit rate/)
    expect(stderr).toBe('')
  })
})

describe.runIf(canMakeTerminal)('on a terminal', () => {
  it.each([60, 100])('tables are boxed and fit %d columns', async (columns) => {
    await world.run(['get', `${world.origin}/a/rather/long/path?with=parameters&and=more`])
    for (const args of [['list'], ['metrics'], ['explain', `${world.origin}/a`]]) {
      const { out, exitCode } = await runOnTerminal(world, args, columns)
      expect(exitCode).toBe(0)
      expect(out).toContain('┌─')
      const widths = out.split(/\r?\n/).map((line) => stringWidth(line))
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
    }
  })
})
