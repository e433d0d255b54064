// A call that hangs, or whose body stalls, holds nobody who comes later, where no deadline ends it.
import { expect, it } from 'vitest'
import { turns } from '../fuzz/body-harness.js'
import { inTurn, openRawServer, says } from '../fuzz/raw-server.js'
import { openWorld } from '../helpers/cache-world.js'
import { errorOf, until } from '../helpers/gate.js'

const good = says('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\ngood')
const half = says('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 8\r\n\r\nhalf')

it('a body that stalls is not joined any more after a second', async () => {
  const { cachette, clock } = await openWorld()
  const { url, seen } = await openRawServer(inTurn(half, good))
  const leaving = new AbortController()
  const first = await cachette.fetch(url, { signal: leaving.signal })
  const reader = first.body!.getReader()
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('half')
  const rest = errorOf(reader.read())
  leaving.abort(new Error('left'))
  await rest
  clock.advance(1_500)
  expect(await (await cachette.fetch(url)).text()).toBe('good')
  expect(seen).toHaveLength(2)
})

it('a call that hangs is not joined once somebody has left it, though others still wait', async () => {
  const { cachette } = await openWorld()
  const { url, seen } = await openRawServer(inTurn(() => undefined, good))
  const [leaving, staying] = [new AbortController(), new AbortController()]
  const left = errorOf(cachette.fetch(url, { signal: leaving.signal }))
  await until(() => seen.length === 1)
  const waiting = errorOf(cachette.fetch(url, { signal: staying.signal }))
  await turns()
  leaving.abort(new Error('left'))
  await left
  expect(await (await cachette.fetch(url)).text()).toBe('good')
  staying.abort(new Error('left too'))
  expect((await waiting).message).toBe('left too')
})
