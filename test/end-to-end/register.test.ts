// `node --import cachette/register`: programs that know nothing of the cache.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../helpers/cache-world.js'
import { startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { ASK, INDEX, REGISTER, type RunOptions, programsOn } from './register-world.js'

const origin = await startLoopbackOrigin()
afterAll(() => origin.stop())
const { run, script } = programsOn(origin)
let folder: string
beforeEach(() => {
  folder = newFolder()
})

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

  it('and so does one that is being closed', async () => {
    script('/closing')
    const closing = `import { CachedExternalAPIService } from ${JSON.stringify(INDEX)}
      import { request } from 'undici'
      import { get } from 'node:http'\n${ASK}
      say((await ask(url + '/closing')).outcome)
      const closed = CachedExternalAPIService.close()
      say((await ask(url + '/closing')).outcome)
      say(outcome((await fetch(url + '/closing')).headers))
      const { headers, body } = await request(url + '/closing')
      say([outcome(headers), await body.text()])
      await closed`
    const said = ['miss', 'untouched', 'untouched', ['untouched', 'answer']]
    expect(await run(closing)).toEqual({ code: 0, errors: '', said })
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
