// Several processes on one store are one cache: whoever comes while another one asks the origin waits for that call.
import { describe, expect, it, onTestFinished } from 'vitest'
import { newFolder, openOrigin } from '../helpers/cache-world.js'
import { type CachePeer, startCachePeer } from '../helpers/cache-peer.js'
import { createGate, until } from '../helpers/gate.js'
import { describeWithRedis, startRedis } from '../helpers/redis-server.js'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'

interface Answered {
  readonly data: unknown
  readonly status: number
  readonly outcome: string
  readonly because: string
}

async function openLmdb(): Promise<string> {
  return Promise.resolve(`lmdb:${newFolder()}/store`)
}

/** Patient, since a machine that runs tests may be too busy to be quick. */
async function openRedis(): Promise<object> {
  const server = await startRedis()
  onTestFinished(() => server.dispose())
  return { type: 'redis', url: server.url, timeout: '5s' }
}

async function startPeers(
  origin: LoopbackOrigin,
  open: () => Promise<string | object>,
  service: object = {},
): Promise<readonly CachePeer[]> {
  const store = await open()
  const options = {
    store,
    services: { my_service: { baseURL: origin.url, retry: { attempts: 1 }, ...service } },
  }
  return Promise.all([1, 2, 3, 4].map(() => startCachePeer(options)))
}

const ask = (peer: CachePeer, url: string, callers = 50): Promise<readonly Answered[]> =>
  peer.ask('fetch', { url, callers })

const suite = (open: () => Promise<string | object>) => (): void => {
  it('make one origin call for a cold key', async () => {
    const origin = await openOrigin()
    const gate = createGate()
    origin.on('/cold', { json: { n: 1 }, after: gate.opened })
    const peers = await startPeers(origin, open)
    const asking = peers.map((peer) => ask(peer, '/cold'))
    await until(() => origin.count('/cold') > 0, 'the call')
    setTimeout(gate.open, 300)
    const answers = (await Promise.all(asking)).flat()
    expect(answers).toHaveLength(200)
    expect(answers.every(({ data }) => JSON.stringify(data) === '{"n":1}')).toBe(true)
    expect(answers.filter(({ outcome }) => outcome === 'miss')).toHaveLength(1)
    expect(origin.count('/cold')).toBe(1)
  })

  it('make one for a failing answer, and all get it', async () => {
    const origin = await openOrigin()
    const gate = createGate()
    origin.on('/sick', { status: 500, json: { error: 'sick' }, after: gate.opened })
    const peers = await startPeers(origin, open)
    const asking = peers.map((peer) => ask(peer, '/sick'))
    await until(() => origin.count('/sick') > 0, 'the call')
    setTimeout(gate.open, 300)
    const answers = (await Promise.all(asking)).flat()
    expect(answers.every(({ status, outcome }) => status === 500 && outcome === 'failed')).toBe(true)
    expect(answers.every(({ data }) => JSON.stringify(data) === '{"error":"sick"}')).toBe(true)
    expect(origin.count('/sick')).toBe(1)
  })

  it('make one refresh of an expired entry that may be served meanwhile', async () => {
    const origin = await openOrigin()
    origin.on('/stale', ({ nth }) => ({ json: { nth } }))
    const peers = await startPeers(origin, open, { ttl: 300, staleWhileRevalidate: '1h' })
    await ask(peers[0]!, '/stale', 1)
    const gate = createGate()
    origin.on('/stale', ({ nth }) => ({ json: { nth }, after: gate.opened }))
    await new Promise((resolve) => setTimeout(resolve, 350))
    const answers = (await Promise.all(peers.map((peer) => ask(peer, '/stale')))).flat()
    expect(answers.every(({ outcome }) => outcome === 'stale')).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(origin.count('/stale')).toBe(2)
    gate.open()
  })

  it('make two at most where the one that asks is killed', async () => {
    const origin = await openOrigin()
    const gate = createGate()
    origin.on('/killed', ({ nth }) => ({ json: { n: 1 }, ...(nth === 1 ? { after: gate.opened } : {}) }))
    const [holder, ...others] = await startPeers(origin, open)
    await holder!.ask('begin', { url: '/killed' })
    await until(() => origin.count('/killed') === 1, 'the call')
    const asking = others.map((peer) => ask(peer, '/killed'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    void holder!.ask('die').catch(() => undefined)
    const answers = (await Promise.all(asking)).flat()
    expect(answers).toHaveLength(150)
    expect(answers.every(({ data }) => JSON.stringify(data) === '{"n":1}')).toBe(true)
    expect(origin.count('/killed')).toBe(2)
    gate.open()
  })
}

describe('four processes with fifty callers each, on LMDB', suite(openLmdb))
describeWithRedis('four processes with fifty callers each, on Redis', suite(openRedis))
