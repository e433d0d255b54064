// `node --import cachette/register` and secure calls.
import { afterAll, describe, expect, it } from 'vitest'
import { startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { startTlsOrigin } from '../helpers/tls-origin.js'
import { ASK, programsOn } from './register-world.js'

const origin = await startLoopbackOrigin()
const secure = await startTlsOrigin(({ path }) => ({
  status: 200,
  headers: [['Cache-Control', 'max-age=60']],
  body: `secure ${path}`,
}))
afterAll(() => Promise.all([origin.stop(), secure.close()]))
const { run } = programsOn(origin)

const host = `localhost:${secure.httpsPort}`
/** A program that everyone's agent of which trusts the origin, and one that has to say so itself. */
const TRUSTED = {
  SECURE: `https://${host}`,
  AUTHORITY: secure.authorityFile,
  CACHETTE_HOSTS: host,
  NODE_EXTRA_CA_CERTS: secure.authorityFile,
}
const UNTRUSTED = { ...TRUSTED, NODE_EXTRA_CA_CERTS: undefined }
const BEGINNING = `import https, { get, request } from 'node:https'
  import { readFileSync } from 'node:fs'
  ${ASK}
  const target = process.env.SECURE
  const ca = readFileSync(process.env.AUTHORITY)
  const failed = ({ code, message }) => code ?? message
`

describe('https', () => {
  it('is cached with agents that look for node:https among their callers, as proxies do', async () => {
    const looking = `${BEGINNING}
      class LookingAgent extends https.Agent {
        get protocol() { return new Error().stack.includes('node:https') ? 'https:' : 'http:' }
        set protocol(_value) {}
        createConnection(options, callback) {
          const isSecure = options.protocol === 'https:' || this.protocol === 'https:'
          if (isSecure) return super.createConnection(options, callback)
          throw new Error('taken for a plain call')
        }
      }
      const { hostname: host, port } = new URL(target)
      const options = { host, port, agent: new LookingAgent() }
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
    expect(await run(looking, { environment: TRUSTED })).toMatchObject({
      errors: '',
      said: ['miss', 'hit', 'untouched'],
    })
  })

  it('is cached where the server proves who it is, and left alone where it need not', async () => {
    const program = `${BEGINNING}
      say(await ask(target + '/a'))
      say(await ask(target + '/a', { agent: new https.Agent({ keepAlive: false }) }))
      say(await ask(target + '/a', { rejectUnauthorized: false }))
      say(await new Promise((resolve) => get(target + '/a', (response) => {
        const { encrypted, authorized } = response.socket
        resolve({ encrypted, authorized, certificate: typeof response.socket.getPeerCertificate() })
        response.resume()
      })))`
    const { said, errors } = await run(program, { environment: TRUSTED })
    expect(errors).toBe('')
    expect(said).toEqual([
      { body: 'secure /a', outcome: 'miss' },
      { body: 'secure /a', outcome: 'hit' },
      { body: 'secure /a', outcome: 'untouched' },
      { encrypted: true, authorized: true, certificate: 'object' },
    ])
  })

  it('gives nobody what came by an authority of the caller alone', async () => {
    const program = `${BEGINNING}
      say((await ask(target + '/b', { ca })).outcome)
      say((await ask(target + '/b', { agent: new https.Agent({ ca }) })).outcome)
      say(await ask(target + '/b').catch(failed))`
    const { said, errors } = await run(program, { environment: UNTRUSTED })
    expect([said, errors]).toEqual([
      ['untouched', 'untouched', expect.stringMatching(/CERT|ISSUER|VERIFY/)],
      '',
    ])
  })

  it('goes over the network where a program looks at the certificate, which it may refuse', async () => {
    const program = `${BEGINNING}
      const agent = () => ({ agent: new https.Agent() })
      const pinned = (path, fingerprint) => new Promise((resolve) => {
        const sent = get(target + path, agent(), (response) => {
          response.resume().on('end', () => resolve(outcome(response.headers)))
        }).on('error', (error) => resolve(failed(error)))
        sent.on('socket', (socket) => socket.on('secureConnect', () => {
          const seen = socket.getPeerCertificate().fingerprint256
          if (fingerprint !== undefined && seen !== fingerprint) sent.destroy(new Error('another certificate'))
          else say([socket.authorized, typeof seen, socket.getProtocol()])
        }))
      })
      say((await ask(target + '/c')).outcome)
      say(await pinned('/c', 'AA:BB'))
      say(await pinned('/c'))
      say(await new Promise((resolve, reject) => {
        get(target + '/c', agent(), (response) => response.resume().on('end', () => resolve(outcome(response.headers))))
          .on('socket', (socket) => socket.setKeepAlive(true)).on('error', reject)
      }))`
    const { said, errors } = await run(program, { environment: TRUSTED })
    expect([said, errors]).toEqual([
      ['miss', 'another certificate', [true, 'string', 'TLSv1.3'], 'untouched', 'hit'],
      '',
    ])
  })
})
