// `close` finishes what callers are reading, also where the body is for one caller alone, and cuts off what nobody reads.
// A reader who pauses keeps it waiting no longer than one whose body does not end.
import { type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import { turns } from '../fuzz/body-harness.js'
import { newFolder } from '../helpers/cache-world.js'
import { type FakeClock, createFakeClock } from '../helpers/fake-clock.js'
import { errorOf, until } from '../helpers/gate.js'

interface Opened {
  readonly cachette: Cachette
  readonly clock: FakeClock
  /** Where the store is. */
  readonly folder: string
  readonly url: string
  readonly coming: readonly ServerResponse[]
  cut(): number
}

/** An origin that sends the beginning of a body, and whatever a test adds. */
async function openBegun(): Promise<Opened> {
  const clock = createFakeClock()
  const folder = newFolder()
  const coming: ServerResponse[] = []
  let cut = 0
  const server = createServer((_, response) => {
    coming.push(response)
    response.on('close', () => (cut += response.writableFinished ? 0 : 1))
    response.writeHead(200, { 'cache-control': 'no-store' })
    response.write('first')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cachette = await createCachette({
    env: {},
    clock,
    store: `lmdb:${folder}`,
    services: { my_service: { baseURL } },
  })
  onTestFinished(() => cachette.close())
  return { cachette, clock, folder, url: `${baseURL}/data`, coming, cut: () => cut }
}

const CALLS: readonly [string, RequestInit][] = [
  ['past the cache', { method: 'POST' }],
  ['for one caller alone', { headers: { range: 'bytes=0-9' } }],
  ['that is not stored', {}],
]

describe.each(CALLS)('a body %s', (_, init) => {
  it('that is being read is read to its end before the instance closes', async () => {
    const { cachette, url, coming } = await openBegun()
    const response = await cachette.fetch(url, init)
    const reader = response.body!.getReader()
    await reader.read()
    const rest = reader.read()
    let isClosed = false
    const closing = cachette.close().then(() => (isClosed = true))
    await turns(20)
    expect(isClosed).toBe(false)
    coming[0]!.end('last')
    expect(Buffer.from((await rest).value!).toString()).toBe('last')
    expect((await reader.read()).done).toBe(true)
    await closing
  })

  it('that does not end is cut off after 4 s', async () => {
    const { cachette, clock, url, cut } = await openBegun()
    const response = await cachette.fetch(url, init)
    const reader = response.body!.getReader()
    await reader.read()
    const rest = errorOf(reader.read())
    const closing = cachette.close()
    await turns(20)
    expect(cut()).toBe(0)
    clock.advance(4_000)
    await closing
    expect((await rest).cause).toMatchObject({ code: 'CACHETTE_CLOSED' })
    await until(() => cut() === 1, 'the end of the connection')
  })

  it('whose reader pauses is cut off after 4 s, the figures are written, and the store is closed', async () => {
    const { cachette, clock, folder, url, cut } = await openBegun()
    const response = await cachette.fetch(url, init)
    const reader = response.body!.getReader()
    await reader.read()
    let isClosed = false
    const closing = cachette.close().then(() => (isClosed = true))
    await turns(20)
    expect([isClosed, cut()]).toEqual([false, 0])
    clock.advance(4_000)
    await closing
    await until(() => cut() === 1, 'the end of the connection')
    expect((await errorOf(reader.read())).cause).toMatchObject({ code: 'CACHETTE_CLOSED' })
    const later = await createCachette({ env: {}, clock, store: `lmdb:${folder}` })
    onTestFinished(() => later.close())
    expect((await later.metrics()).originCalls).toBe(1)
  })

  it('that nobody reads is let go of at once', async () => {
    const { cachette, url, cut } = await openBegun()
    const response = await cachette.fetch(url, init)
    await cachette.close()
    await until(() => cut() === 1, 'the end of the connection')
    expect((await errorOf(response.text())).cause).toMatchObject({ code: 'CACHETTE_CLOSED' })
  })
})
