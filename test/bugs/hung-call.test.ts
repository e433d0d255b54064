// Where there is no deadline, a call that hangs must end with the last of those who wait for it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf, until } from '../helpers/gate.js'

it('a call without a deadline that all have left ends, and the next caller asks anew', async () => {
  const { cachette } = await openWorld()
  let asked = 0
  let closed = 0
  const server = createServer((_, response) => {
    asked += 1
    response.on('close', () => (closed += 1))
    if (asked > 1) response.end('good')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}/data`
  const leaving = new AbortController()
  const left = errorOf(cachette.fetch(url, { signal: leaving.signal }))
  await until(() => asked === 1)
  leaving.abort(new Error('left'))
  expect((await left).message).toBe('left')
  const next = await Promise.race([
    cachette.fetch(url).then((response) => response.text()),
    new Promise((resolve) => setTimeout(resolve, 1_000, 'still waiting for the call that hangs')),
  ])
  expect(next).toBe('good')
  expect(closed).toBe(2)
})
