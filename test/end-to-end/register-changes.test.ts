// `node --import cachette/register` and programs that change something: at the origin, or the dispatcher of all.
import { afterAll, describe, expect, it } from 'vitest'
import { startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { ASK, programsOn } from './register-world.js'

const origin = await startLoopbackOrigin()
afterAll(() => origin.stop())
const { run, script } = programsOn(origin)

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

describe('a change by fields that were given as a list', () => {
  it('is seen', async () => {
    origin.on('/listed', ({ nth }) => ({ body: String(nth), headers: { 'cache-control': 'max-age=60' } }))
    const program = `import { get, request } from 'node:http'
      ${ASK}
      say((await ask(url + '/listed')).body)
      const headers = ['X-A', '1', 'host', new URL(url).host]
      await new Promise((resolve, reject) => {
        request(url + '/listed', { method: 'DELETE', headers }, (response) => response.resume().on('end', resolve))
          .on('error', reject).end()
      })
      say((await ask(url + '/listed')).body)`
    expect((await run(program)).said).toEqual(['1', '3'])
  })
})

describe('an own dispatcher', () => {
  const program = `import { Agent, MockAgent, RetryAgent, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici'
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

  it('with private fields can be used, and closed, as without the hook', async () => {
    script('/private')
    const { said, errors, code } = await run(`${program}
      class Counting extends Agent {
        #calls = 0
        get calls() { return this.#calls }
        count() { return this.#calls }
        dispatch(...args) { this.#calls += 1; return super.dispatch(...args) }
      }
      for (const own of [new RetryAgent(new Agent()), new Counting()]) {
        setGlobalDispatcher(own)
        const path = '/private?' + own.constructor.name
        await outcomes(() => fetch(url + path))
        const global = getGlobalDispatcher()
        say([global.constructor === own.constructor, global instanceof own.constructor])
        await outcomes(() => global.request({ origin: url, path, method: 'GET' }))
        if (own instanceof Counting) say([global.calls, global.count()])
        await global.close()
        await global.destroy()
      }`)
    const each = ['miss', 'hit', 'hit', [true, true], 'hit', 'hit', 'hit']
    expect([said, errors, code]).toEqual([[...each, ...each, [1, 1]], '', 0])
  })

  it('that trusts whom it likes is left alone', async () => {
    script('/own')
    const { said } = await run(`${program}
      setGlobalDispatcher(new Agent({ connect: { rejectUnauthorized: false } }))
      await outcomes(() => fetch(url + '/own?unproven'))`)
    expect(said).toEqual(['untouched', 'untouched', 'untouched'])
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
