// `node --import cachette/register`: programs that know nothing of the cache, run as processes of their own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoopbackOrigin, startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { type TlsOrigin, startTlsOrigin } from '../helpers/tls-origin.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const REGISTER = pathToFileURL(join(ROOT, 'dist/doors/register/register.js')).href
const INDEX = pathToFileURL(join(ROOT, 'dist/index.js')).href
const TIME_LIMIT_MS = 20_000

let origin: LoopbackOrigin
let secure: TlsOrigin
let folder: string

beforeAll(async () => {
  origin = await startLoopbackOrigin()
  secure = await startTlsOrigin(({ path }) => ({
    status: 200,
    headers: [['Cache-Control', 'max-age=60']],
    body: `secure ${path}`,
  }))
})
afterAll(async () => {
  await Promise.all([origin.stop(), secure.close()])
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachette-register-'))
  return () => rm(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly errors: string
  /** What the program gave to `say`. */
  readonly said: unknown[]
}

interface RunOptions {
  readonly type?: 'module' | 'commonjs'
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly flags?: readonly string[]
  readonly cwd?: string
}

/** What programs may use without a word. */
const PRELUDE = `const say = (value) => process.stdout.write(JSON.stringify(value ?? null) + '\\n')
const outcome = (headers) => {
  const status = typeof headers.get === 'function' ? headers.get('cache-status') : headers['cache-status']
  return status == null ? 'untouched' : /; hit/.test(status) ? 'hit' : 'miss'
}
const url = process.env.ORIGIN
`

/** Asks with `get` and resolves with what came. */
const ASK = `const ask = (target, options = {}) => new Promise((resolve, reject) => {
  get(target, options, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text) => (body += text))
    response.on('end', () => resolve({ body, outcome: outcome(response.headers) })).on('error', reject)
  }).on('error', reject)
})
`

async function run(program: string, options: RunOptions = {}): Promise<Ended> {
  const { type = 'module', environment, flags = ['--import', REGISTER], cwd = ROOT } = options
  const child = spawn(process.execPath, [...flags, `--input-type=${type}`, '-e', PRELUDE + program], {
    cwd,
    timeout: TIME_LIMIT_MS,
    env: {
      PATH: process.env['PATH'],
      ORIGIN: origin.url,
      CACHETTE_STORE: 'memory:',
      CACHETTE_HOSTS: origin.host,
      ...environment,
    },
  })
  let errors = ''
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  const lines = output.split('\n').filter((line) => line !== '')
  return { code, errors, said: lines.map((line): unknown => JSON.parse(line)) }
}

function script(path: string, reply: Parameters<LoopbackOrigin['on']>[1] = {}): void {
  const headers = { 'cache-control': 'max-age=60' }
  origin.on(
    path,
    typeof reply === 'function'
      ? reply
      : { body: 'answer', ...reply, headers: { ...headers, ...reply.headers } },
  )
}

describe('an unchanged program', () => {
  const twice = `for (const _ of [1, 2]) say((await ask(url + PATH)).outcome)`

  it.each<[string, RunOptions, string]>([
    ['named imports of node:http', {}, `import { get } from 'node:http'\n${ASK}`],
    ['the default import', {}, `import http from 'http'\nconst get = (...args) => http.get(...args)\n${ASK}`],
    ['CommonJS', { type: 'commonjs' }, `const { get } = require('http')\n${ASK}`],
    [
      'request',
      {},
      `import { request } from 'node:http'\nconst get = (...args) => request(...args).end()\n${ASK}`,
    ],
    [
      'ClientRequest',
      {},
      `import { ClientRequest } from 'node:http'\nconst get = (...args) => new ClientRequest(...args).end()\n${ASK}`,
    ],
    [
      'fetch',
      {},
      `const ask = async (target) => { const r = await fetch(target); await r.text(); return { outcome: outcome(r.headers) } }\n`,
    ],
    [
      'undici',
      {},
      `import { request } from 'undici'
       const ask = async (target) => { const r = await request(target); await r.body.text(); return { outcome: outcome(r.headers) } }\n`,
    ],
    [
      'NODE_OPTIONS',
      { flags: [], environment: { NODE_OPTIONS: `--import=${REGISTER}` } },
      `import { get } from 'node:http'\n${ASK}`,
    ],
  ])('is cached with %s, and ends by itself', async (title, options, beginning) => {
    const path = `/unchanged-${title.replaceAll(' ', '-')}`
    script(path)
    const body = twice.replace('PATH', JSON.stringify(path))
    const program =
      options.type === 'commonjs' ? `${beginning};(async () => { ${body} })()` : beginning + body
    expect(await run(program, options)).toEqual({ code: 0, errors: '', said: ['miss', 'hit'] })
    expect(origin.count(path)).toBe(1)
  })

  it('shares one entry between all of them', async () => {
    script('/shared')
    const program = `import { get } from 'node:http'
      import { request } from 'undici'
      ${ASK}
      say((await ask(url + '/shared')).outcome)
      say(outcome((await fetch(url + '/shared')).headers))
      say(outcome((await request(url + '/shared')).headers))`
    expect((await run(program)).said).toEqual(['miss', 'hit', 'hit'])
    expect(origin.count('/shared')).toBe(1)
  })

  it('finds what an earlier one stored', async () => {
    script('/stored')
    const environment = { CACHETTE_STORE: `lmdb:${folder}` }
    const program = `import { get } from 'node:http'\n${ASK} say(await ask(url + '/stored'))`
    expect((await run(program, { environment })).said).toEqual([{ body: 'answer', outcome: 'miss' }])
    expect((await run(program, { environment })).said).toEqual([{ body: 'answer', outcome: 'hit' }])
  })

  it('that makes no call opens nothing', async () => {
    const environment = { CACHETTE_STORE: `lmdb:${join(folder, 'store')}` }
    const program = `import { existsSync } from 'node:fs'; say(existsSync(${JSON.stringify(join(folder, 'store'))}))`
    expect((await run(program, { environment })).said).toEqual([false])
  })
})

describe('hosts', () => {
  const program = `import { get } from 'node:http'\n${ASK}
    for (const _ of [1, 2]) say([(await ask(url + '/host')).outcome, outcome((await fetch(url + '/host')).headers)])`
  const untouched = ['untouched', 'untouched']

  it('on loopback are left alone where none is named', async () => {
    script('/host')
    expect(await run(program, { environment: { CACHETTE_HOSTS: undefined } })).toMatchObject({
      code: 0,
      errors: '',
      said: [untouched, untouched],
    })
  })

  it('that are not named are left alone', async () => {
    const { said } = await run(program, { environment: { CACHETTE_HOSTS: 'api.example.com' } })
    expect(said).toEqual([untouched, untouched])
  })

  it('of declared services are cached, named or not', async () => {
    const config = `export default { services: { mine: { baseURL: ${JSON.stringify(origin.url)} } } }`
    await writeFile(join(folder, 'cachette.config.mjs'), config)
    script('/host', { headers: { 'cache-control': 'private' } })
    const { said } = await run(program, { cwd: folder, environment: { CACHETTE_HOSTS: undefined } })
    expect(said).toEqual([
      ['miss', 'hit'],
      ['hit', 'hit'],
    ])
  })

  it('that are no hosts end the program with a sentence', async () => {
    const { code, errors } = await run(program, {
      environment: { CACHETTE_HOSTS: 'https://api.example.com' },
    })
    expect(code).not.toBe(0)
    expect(errors).toContain(
      'CACHETTE_HOSTS is "https://api.example.com"; expected a comma-separated list of hosts',
    )
  })
})

describe('an instance that cannot be opened', () => {
  const program = `import { get } from 'node:http'\n${ASK}
    say((await ask(url + '/closed')).body); say((await ask(url + '/closed')).outcome); say(outcome((await fetch(url + '/closed')).headers))`

  it('for a wrong setting is said once, and everything goes uncached', async () => {
    script('/closed')
    const { code, errors, said } = await run(program, { environment: { CACHETTE_STORE: 'sqlite:x' } })
    expect([code, ...said]).toEqual([0, 'answer', 'untouched', 'untouched'])
    expect(errors).toMatch(/^cachette: nothing is cached, because of a wrong setting: CACHETTE_STORE .*\n$/)
  })

  it('and one that the program has closed leave its calls to the network', async () => {
    script('/closed')
    const closing = `import { CachedExternalAPIService } from ${JSON.stringify(INDEX)}
      import { get } from 'node:http'\n${ASK}
      say((await ask(url + '/closed')).outcome)
      await CachedExternalAPIService.close()
      say((await ask(url + '/closed')).outcome)
      say(outcome((await fetch(url + '/closed')).headers))`
    expect(await run(closing)).toEqual({ code: 0, errors: '', said: ['miss', 'untouched', 'untouched'] })
  })
})

describe('CACHETTE_DEBUG', () => {
  it('writes a line per call, without credentials', async () => {
    script('/lines')
    const program = `import { get } from 'node:http'\n${ASK}
      await ask(url + '/lines?api_key=secret'); await ask(url + '/lines?api_key=secret')`
    const { errors } = await run(program, { environment: { CACHETTE_DEBUG: '1' } })
    const line = (rest: string): RegExp =>
      new RegExp(`^\\[cachette\\] GET http://127.0.0.1:\\d+/lines\\?api_key=\\S+ 200 ${rest} [\\d.]+ms$`)
    const lines = errors.trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(line('miss not-in-cache origin')),
      expect.stringMatching(line('hit fresh memory')),
    ])
    expect(errors).not.toContain('secret')
  })
})

describe('https', () => {
  const program = `import { get } from 'node:https'
    import { readFileSync } from 'node:fs'
    ${ASK}
    const ca = readFileSync(process.env.AUTHORITY)
    const target = process.env.SECURE
    say(await ask(target + '/a', { ca }))
    say(await ask(target + '/a', { ca }))
    say(await ask(target + '/b').catch(({ code }) => code))
    say(await ask(target + '/a', { rejectUnauthorized: false }))
    say(await new Promise((resolve) => get(target + '/a', { ca }, (response) => {
      const { encrypted, authorized } = response.socket
      resolve({ encrypted, authorized, certificate: typeof response.socket.getPeerCertificate() })
      response.resume()
    })))`

  it('is cached with agents that look for node:https among their callers, as proxies do', async () => {
    const looking = `import https, { get, request } from 'node:https'
      import { readFileSync } from 'node:fs'
      class LookingAgent extends https.Agent {
        get protocol() { return new Error().stack.includes('node:https') ? 'https:' : 'http:' }
        set protocol(_value) {}
        createConnection(options, callback) {
          const isSecure = options.protocol === 'https:' || this.protocol === 'https:'
          if (isSecure) return super.createConnection(options, callback)
          throw new Error('taken for a plain call')
        }
      }
      const { hostname: host, port } = new URL(process.env.SECURE)
      const options = { host, port, ca: readFileSync(process.env.AUTHORITY), agent: new LookingAgent() }
      const late = (...args) => { const sent = request(...args); setTimeout(() => sent.end(), 20); return sent }
      const asked = (call, path) => new Promise((resolve, reject) => {
        call({ ...options, path }, (response) => {
          response.resume().on('end', () => resolve(outcome(response.headers)))
        }).on('error', reject)
      })
      say(await asked(get, '/looking'))
      say(await asked(get, '/looking'))
      say(await asked(late, '/late'))
      options.agent.destroy()`
    const host = `localhost:${secure.httpsPort}`
    const environment = { SECURE: `https://${host}`, AUTHORITY: secure.authorityFile, CACHETTE_HOSTS: host }
    expect(await run(looking, { environment })).toMatchObject({
      errors: '',
      said: ['miss', 'hit', 'untouched'],
    })
  })

  it('is cached where the server proves who it is, and left alone where it need not', async () => {
    const host = `localhost:${secure.httpsPort}`
    const environment = { SECURE: `https://${host}`, AUTHORITY: secure.authorityFile, CACHETTE_HOSTS: host }
    const { said, errors } = await run(program, { environment })
    expect(errors).toBe('')
    expect(said).toEqual([
      { body: 'secure /a', outcome: 'miss' },
      { body: 'secure /a', outcome: 'hit' },
      expect.stringMatching(/CERT|ISSUER|VERIFY/),
      { body: 'secure /a', outcome: 'untouched' },
      { encrypted: true, authorized: true, certificate: 'object' },
    ])
  })
})

describe('errors and ends', () => {
  it('are the network’s own', async () => {
    const program = `import { get, request } from 'node:http'\n${ASK}
      const gone = process.env.GONE
      const shape = ({ name, code, syscall, address, port }) => ({ name, code, syscall, address, port })
      say(await ask(gone).catch(shape))
      say(await fetch(gone).catch(({ name, message, cause }) => ({ name, message, cause: shape(cause) })))
      say(await ask(url + '/hang', { signal: AbortSignal.timeout(50) }).catch(({ name, code }) => ({ name, code })))
      say(await fetch(url + '/hang', { signal: AbortSignal.timeout(50) }).catch(({ name }) => name))
      say(await new Promise((resolve) => {
        const sent = request(url + '/hang').on('timeout', () => sent.destroy()).on('error', ({ code }) => resolve(code))
        sent.setTimeout(50).end()
      }))`
    script('/hang', { ending: 'hang' })
    const gone = await startLoopbackOrigin()
    await gone.stop()
    const [address = '', port] = gone.host.split(':')
    const refused = { name: 'Error', code: 'ECONNREFUSED', syscall: 'connect', address, port: Number(port) }
    const { said, errors, code } = await run(program, {
      environment: { CACHETTE_HOSTS: `${origin.host},${gone.host}`, GONE: gone.url },
    })
    expect(said).toEqual([
      refused,
      { name: 'TypeError', message: 'fetch failed', cause: refused },
      { name: 'AbortError', code: 'ABORT_ERR' },
      'TimeoutError',
      'ECONNRESET',
    ])
    expect([code, errors]).toEqual([0, ''])
  })

  it('lose nothing where the program exits within a call', async () => {
    script('/exit')
    const environment = { CACHETTE_STORE: `lmdb:${folder}` }
    const program = `import { get } from 'node:http'\n${ASK} say((await ask(url + '/exit')).outcome); process.exit(3)`
    expect(await run(program, { environment })).toEqual({ code: 3, errors: '', said: ['miss'] })
    expect((await run(program, { environment })).code).toBe(3)
  })
})

describe('a program that changes something', () => {
  it('sees the change, through fetch and node:http alike', async () => {
    for (const path of ['/changing-http', '/changing-fetch']) {
      origin.on(path, ({ nth }) => ({ body: String(nth), headers: { 'cache-control': 'max-age=60' } }))
    }
    const program = `import { get, request } from 'node:http'
      import { pipeline } from 'node:stream/promises'
      import { Readable } from 'node:stream'
      ${ASK}
      say((await ask(url + '/changing-http')).body)
      say((await ask(url + '/changing-http')).body)
      await new Promise((resolve, reject) => {
        const sent = request(url + '/changing-http', { method: 'PUT' }, (response) => response.resume().on('end', resolve))
        pipeline(Readable.from(['a', 'b', 'c']), sent).catch(reject)
      })
      say((await ask(url + '/changing-http')).body)
      say(await (await fetch(url + '/changing-fetch')).text())
      await (await fetch(url + '/changing-fetch', { method: 'POST', body: 'new' })).text()
      say(await (await fetch(url + '/changing-fetch')).text())`
    expect((await run(program)).said).toEqual(['1', '1', '3', '1', '3'])
  })
})

describe('an own dispatcher', () => {
  const program = `import { Agent, MockAgent, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici'
    const outcomes = async (call) => { for (const _ of [1, 2, 3]) { const r = await call(); say(outcome(r.headers)); await (r.body.text?.() ?? r.text()) } }
  `

  it('set later is cached too', async () => {
    script('/own')
    const { said, errors } = await run(`${program}
      setGlobalDispatcher(new Agent())
      await outcomes(() => fetch(url + '/own?fetch'))
      setGlobalDispatcher(getGlobalDispatcher().compose((dispatch) => (options, handler) => dispatch(options, handler)))
      await outcomes(() => request(url + '/own?composed'))`)
    expect([...said, errors]).toEqual(['miss', 'hit', 'hit', 'miss', 'hit', 'hit', ''])
  })

  it('of one call is its own way', async () => {
    script('/own')
    const { said } = await run(
      `${program} await outcomes(() => fetch(url + '/own', { dispatcher: new Agent() }))`,
    )
    expect(said).toEqual(['untouched', 'untouched', 'untouched'])
  })

  it('that makes up its answers is not cached', async () => {
    const { said } = await run(`${program}
      const mock = new MockAgent(); mock.disableNetConnect(); setGlobalDispatcher(mock)
      mock.get(url).intercept({ path: '/own' }).reply(200, 'made up', { headers: { 'cache-control': 'max-age=60' } }).times(3)
      await outcomes(() => fetch(url + '/own'))`)
    expect(said).toEqual(['untouched', 'untouched', 'untouched'])
  })
})

describe('more than one thread or process', () => {
  it('is cached in workers', async () => {
    script('/worker')
    const program = `import { Worker } from 'node:worker_threads'
      const code = \`import { get } from 'node:http'; const outcome = \${outcome}; \${${JSON.stringify(ASK)}}
        import { parentPort } from 'node:worker_threads'
        parentPort.postMessage([(await ask(\${JSON.stringify(url + '/worker')})).outcome, (await ask(\${JSON.stringify(url + '/worker')})).outcome])\`
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)))
      worker.on('message', say)`
    const environment = { CACHETTE_STORE: `lmdb:${folder}` }
    expect(await run(program, { environment })).toEqual({ code: 0, errors: '', said: [['miss', 'hit']] })
  })

  it('is cached in children and in a cluster, on one store', async () => {
    script('/child')
    const file = join(folder, 'app.mjs')
    await writeFile(
      file,
      `${PRELUDE}import cluster from 'node:cluster'
      import { get } from 'node:http'
      ${ASK}
      if (cluster.isPrimary) {
        say((await ask(url + '/child')).outcome)
        cluster.fork().on('message', say)
      } else {
        process.send((await ask(url + '/child')).outcome)
        process.disconnect()
      }`,
    )
    const program = `import { spawnSync } from 'node:child_process'
      process.stdout.write(spawnSync(process.execPath, [${JSON.stringify(file)}]).stdout)`
    const environment = { CACHETTE_STORE: `lmdb:${folder}/store`, NODE_OPTIONS: `--import=${REGISTER}` }
    expect(await run(program, { flags: [], environment })).toEqual({
      code: 0,
      errors: '',
      said: ['miss', 'hit'],
    })
  })
})

describe('many calls', () => {
  it('leave nothing behind', async () => {
    script('/many', { body: 'x'.repeat(10_000) })
    origin.on('/unstored', { body: 'x'.repeat(10_000), headers: { 'cache-control': 'no-store' } })
    const program = `import { Agent, get } from 'node:http'
      ${ASK}
      const agent = new Agent({ keepAlive: true })
      const megabytes = () => { gc(); return process.memoryUsage().heapUsed / 1e6 }
      for (let index = 0; index < 300; index += 1) { await ask(url + '/many', { agent }); await ask(url + '/unstored', { agent }) }
      const before = megabytes()
      for (let index = 0; index < 1000; index += 1) { await ask(url + '/many', { agent }); await ask(url + '/unstored', { agent }) }
      const bodies = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(url + '/many?' + index, { agent })))
      say(bodies.every(({ body }) => body.length === 10_000))
      say(Math.round(megabytes() - before) < 12)
      agent.destroy()
      await new Promise((resolve) => setTimeout(resolve, 50))
      say(process.getActiveResourcesInfo().filter((name) => /TCPSocket|Timeout/.test(name)))`
    const { said, errors, code } = await run(program, { flags: ['--expose-gc', '--import', REGISTER] })
    expect([code, errors]).toEqual([0, ''])
    expect(said).toEqual([true, true, []])
  })
})
