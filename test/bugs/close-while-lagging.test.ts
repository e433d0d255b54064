// `close` ends what goes through the store piece by piece too, and whoever reads on later is told so.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createCachette } from '../../src/create-cachette.js'
import { turns } from '../fuzz/body-harness.js'
import { newFolder } from '../helpers/cache-world.js'
import { createFakeClock } from '../helpers/fake-clock.js'
import { errorOf, until } from '../helpers/gate.js'

const MEGABYTE = 1024 ** 2

it('a reader who lags behind in a large body that is being stored keeps no instance from closing', async () => {
  const clock = createFakeClock()
  const folder = newFolder()
  let cut = false
  const server = createServer((_, response) => {
    response.on('close', () => (cut = true))
    response.writeHead(200, { 'cache-control': 'max-age=600', 'content-length': 8 * MEGABYTE })
    response.write(Buffer.alloc(6 * MEGABYTE, 'x'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const cachette = await createCachette({ env: {}, clock, store: `lmdb:${folder}` })
  const [ahead, behind] = await Promise.all(
    [1, 2].map(async () => (await cachette.fetch(url)).body!.getReader()),
  )
  await behind!.read()
  for (let sizeBytes = 0; sizeBytes < 5 * MEGABYTE;) sizeBytes += (await ahead!.read()).value!.byteLength

  const closing = cachette.close()
  await turns(20)
  clock.advance(4_000)
  await closing
  await until(() => cut, 'the end of the connection')
  const readOn = async (): Promise<never> => {
    for (;;) if ((await behind!.read()).done) throw new RangeError('it came to its end')
  }
  expect(await errorOf(readOn())).toMatchObject({ name: 'TypeError' })

  const later = await createCachette({ env: {}, clock, store: `lmdb:${folder}` })
  onTestFinished(() => later.close())
  expect(await later.metrics()).toMatchObject({ originCalls: 1 })
})
