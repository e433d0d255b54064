// Processes of applications on a Redis server with TLS and users, under certificates that the test makes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { neededRules } from '../../src/stores/redis/link/needed-rights.js'
import { startCachePeer } from '../helpers/cache-peer.js'
import { createCertificate } from '../helpers/certificate.js'
import { until } from '../helpers/gate.js'
import { type LoopbackOrigin, startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { describeWithRedisTls, freePort, type RedisServer, startRedis } from '../helpers/redis-server.js'

const PASSWORD = 'a p@ss/word%'
const WRONG = 'not the p@ssword'
const RIGHTS = { prefix: 'cachette', database: 0, isCluster: false }

interface Fetched {
  readonly outcome: string
  readonly tier: string
}

describeWithRedisTls('instances on a Redis server with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-redis-tls-'))
  let server: RedisServer
  let origin: LoopbackOrigin
  let tlsPort: number

  beforeAll(async () => {
    const { authority, key, cert } = await createCertificate()
    for (const [name, text] of Object.entries({ authority, key, cert })) writeFileSync(fileOf(name), text)
    writeFileSync(fileOf('stranger'), (await createCertificate()).authority)
    tlsPort = await freePort()
    server = await startRedis([
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', fileOf('cert'), '--tls-key-file', fileOf('key')],
      ...['--tls-ca-cert-file', fileOf('authority')],
    ])
    await server.command('ACL', 'SETUSER', 'cache', 'on', `>${PASSWORD}`, ...neededRules(RIGHTS))
    origin = await startLoopbackOrigin()
  })
  afterAll(async () => {
    await Promise.all([server.dispose(), origin.stop()])
    rmSync(folder, { recursive: true, force: true })
  })

  const fileOf = (name: string): string => join(folder, `${name}.pem`)
  const urlOf = (scheme: string, password: string, port = tlsPort): string =>
    `${scheme}://cache:${encodeURIComponent(password)}@localhost:${port}`

  const open = (url: string, authority?: string) =>
    startCachePeer(
      {
        store: { type: 'redis', url, timeout: '5s' },
        services: { my_service: { baseURL: origin.url } },
        env: {},
      },
      authority === undefined ? {} : { env: { NODE_EXTRA_CA_CERTS: fileOf(authority) } },
    )

  /** What a process says where the server cannot be used; calls go on, and no password is shown. */
  async function complaint(url: string, authority?: string): Promise<string> {
    const peer = await open(url, authority)
    const [found] = await peer.ask<Fetched[]>('fetch', { url: `/${Math.random()}` })
    expect(found).toMatchObject({ outcome: 'miss', tier: 'origin' })
    let warnings: string[] = []
    await until(async () => {
      warnings = await peer.ask<string[]>('warnings')
      return warnings.some((warning) => /cannot be reached|refuses this user/.test(warning))
    })
    const said = JSON.stringify([warnings, await peer.ask('health')])
    for (const secret of [PASSWORD, WRONG]) {
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        expect(said).not.toContain(form)
    }
    expect(said).toContain('cache:***@localhost')
    await peer.ask('close')
    return warnings.join('\n')
  }

  it('share entries over encrypted connections, by rediss:// and by valkeys://', async () => {
    const one = await open(urlOf('rediss', PASSWORD), 'authority')
    const other = await open(urlOf('valkeys', PASSWORD), 'authority')
    expect(await one.ask('fetch', { url: '/shared' })).toMatchObject([{ outcome: 'miss' }])
    await until(async () => (await other.ask<unknown[]>('list', {})).length === 1)
    expect(await other.ask('fetch', { url: '/shared' })).toMatchObject([{ outcome: 'hit', tier: 'redis' }])
    const clients = String(await server.command('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('user=cache'))
    expect(clients.length).toBeGreaterThanOrEqual(4)
    for (const client of clients) expect(client).toContain(`laddr=127.0.0.1:${tlsPort} `)
    for (const peer of [one, other]) {
      expect(await peer.ask('warnings')).toEqual([])
      await peer.ask('close')
    }
  })

  it('go on without a server whose certificate nobody vouches for, and say so', async () => {
    for (const authority of [undefined, 'stranger']) {
      expect(await complaint(urlOf('rediss', PASSWORD), authority)).toMatch(
        /cannot be reached \((?:self.signed certificate in certificate chain|certificate signature failure)\); .* NODE_EXTRA_CA_CERTS$/m,
      )
    }
  })

  it('go on without a server that does not take their password, and say what is needed', async () => {
    expect(await complaint(urlOf('rediss', WRONG), 'authority')).toMatch(
      /refuses this user \(WRONGPASS .*ACL SETUSER … resetkeys ~cachette:\* .* \+xrange$/m,
    )
  })

  it('go on where TLS is spoken on one side alone', async () => {
    expect(await complaint(urlOf('redis', PASSWORD), 'authority')).toMatch(/cannot be reached \(.+\)/)
    expect(await complaint(urlOf('rediss', PASSWORD, server.port), 'authority')).toMatch(
      /cannot be reached \(.+\)/,
    )
  })
})
