// A connection that was kept open and is closed just as the next request goes out: through the doors that bring a network of
// their own, for a host that no service claims.
import http from 'node:http'
import axios from 'axios'
import { Agent } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCachedAdapter } from '../../src/doors/axios/index.js'
import { cacheInterceptor } from '../../src/doors/undici/index.js'
import { turns } from '../fuzz/body-harness.js'
import { inTurn, openRawServer, says } from '../fuzz/raw-server.js'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

const answers = says('HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody')
const hangsUp = (socket: { end(): unknown }): void => void socket.end()

type Send = (url: string, method?: string) => Promise<number>

const DOORS: readonly (readonly [string, () => Promise<Send>])[] = [
  [
    'fetch',
    async () => {
      const { cachette } = await openWorld()
      return async (url, method = 'GET') => {
        const response = await cachette.fetch(url, { method })
        await response.text()
        return response.status
      }
    },
  ],
  [
    'undici',
    async () => {
      const { cachette } = await openWorld()
      const agent = new Agent()
      onTestFinished(() => agent.destroy())
      const dispatcher = agent.compose(cacheInterceptor(cachette))
      return async (url, method = 'GET') => {
        const { origin, pathname } = new URL(url)
        const response = await dispatcher.request({ origin, path: pathname, method: method as 'GET' })
        await response.body.text()
        return response.statusCode
      }
    },
  ],
  [
    'axios',
    async () => {
      const { cachette } = await openWorld()
      const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      onTestFinished(() => httpAgent.destroy())
      const client = axios.create({ adapter: createCachedAdapter(cachette), httpAgent })
      return async (url, method = 'GET') => (await client.request({ url, method })).status
    },
  ],
]

describe.each(DOORS)('through %s, a kept connection that hangs up', (_, openDoor) => {
  it('is followed by one more request, once', async () => {
    const { url, seen } = await openRawServer(inTurn(answers, hangsUp, answers))
    const send = await openDoor()
    expect(await send(`${url}/a`)).toBe(200)
    await turns()
    expect(await send(`${url}/b`)).toBe(200)
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1, 2])
  })

  it('is not followed by another POST', async () => {
    const { url, seen } = await openRawServer(inTurn(answers, hangsUp, answers))
    const send = await openDoor()
    await send(`${url}/a`)
    await turns()
    await errorOf(send(`${url}/b`, 'POST'))
    expect(seen).toHaveLength(2)
  })

  it('that was never used before is an error', async () => {
    const { url, seen } = await openRawServer(inTurn(hangsUp, answers))
    const send = await openDoor()
    await errorOf(send(`${url}/a`))
    expect(seen).toHaveLength(1)
  })
})
