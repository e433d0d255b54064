// A purge keeps an answer out of the store; whoever is reading that answer still gets all of it.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { until } from '../helpers/gate.js'

it('a reader who lags behind gets the whole body, though a purge keeps it out of the store', async () => {
  const { cachette } = await openWorld({ store: `lmdb:${newFolder()}/store` })
  const half = Buffer.alloc(4 * 1024 ** 2, 'abcdefg')
  let response: ServerResponse | undefined
  const server = createServer((_, answer) => {
    response = answer
    answer.writeHead(200, { 'cache-control': 'max-age=600', 'content-type': 'text/plain' })
    answer.write(half)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}/data`
  const [slow, quick] = await Promise.all([cachette.fetch(url), cachette.fetch(url)])
  const reader = slow.body!.getReader()
  const first = await reader.read()
  const reading = quick.arrayBuffer()
  await until(() => response !== undefined && response.writableLength === 0)
  await cachette.purge({ all: true })
  response!.end(half)
  expect((await reading).byteLength).toBe(half.byteLength * 2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  let sizeBytes = first.value!.byteLength
  for (let next = await reader.read(); !next.done; next = await reader.read())
    sizeBytes += next.value.byteLength
  expect(sizeBytes).toBe(half.byteLength * 2)
})
