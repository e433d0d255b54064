// Bodies through the axios door that nobody reads, and responses without one.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import axios from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../helpers/gate.js'
import { type CallConfig, openAxios } from './axios-door-world.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A server whose bodies never end. */
async function openEndless(): Promise<{ url: string; open: () => number }> {
  let open = 0
  const server = createServer((_, response) => {
    open += 1
    response.on('close', () => (open -= 1))
    response.writeHead(200)
    response.write('begin')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open: () => open }
}

describe('a stream', () => {
  const outliving = new AbortController()

  it.each<[string, CallConfig]>([
    ['with nothing to end it', {}],
    ['with a signal that outlives it', { signal: outliving.signal }],
    ['with a timeout', { timeout: 60_000 }],
  ])('that is forgotten lets go of its call: %s', async (_what, config) => {
    const { get } = await openAxios()
    const { url, open } = await openEndless()
    await get(`${url}/a`, { ...config, responseType: 'stream' })
    expect(open()).toBe(1)
    await until(() => {
      collectGarbage()
      return open() === 0
    }, 'the end of the connection')
  })

  it('that is held and not read keeps its call', async () => {
    const { get } = await openAxios()
    const { url, open } = await openEndless()
    const { data } = await get(`${url}/a`, { responseType: 'stream' })
    for (let turn = 0; turn < 5; turn += 1) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(open()).toBe(1)
    ;(data as Readable).destroy()
    await until(() => open() === 0, 'the end of the connection')
  })
})

describe('a HEAD', () => {
  it('says nothing of a coding, as axios does not', async () => {
    const { client, origin } = await openAxios()
    origin.on('/a', { json: { a: 1 }, encoding: 'gzip' })
    const plain = await axios.head(`${origin.url}/a`)
    for (const _ of [1, 2]) {
      const { headers } = await client.head('/a')
      expect([headers['content-type'], headers['content-encoding']]).toEqual([
        plain.headers['content-type'],
        plain.headers['content-encoding'],
      ])
    }
  })
})
