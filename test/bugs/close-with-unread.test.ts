// `close` is bounded, also where somebody holds a large body that he never reads.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { until } from '../helpers/gate.js'

it.each(['bounded', 'unbounded'])('an instance closes though a %s body is not read', async (kind) => {
  const clock = createFakeClock()
  const cachette = await createCachette({ env: {}, clock })
  const sizeBytes = 8 * 1024 ** 2
  let cut = false
  const server = createServer((_, response) => {
    response.on('close', () => (cut = true))
    const length = kind === 'bounded' ? { 'content-length': sizeBytes } : {}
    response.writeHead(200, { 'cache-control': 'max-age=600', ...length })
    response.end(Buffer.alloc(sizeBytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const response = await cachette.fetch(`http://localhost:${(server.address() as AddressInfo).port}/`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const closing = cachette.close()
  clock.advance(4_000)
  await closing
  await until(() => cut, 'the end of the connection')
  await expect(response.arrayBuffer()).rejects.toThrow('terminated')
})
