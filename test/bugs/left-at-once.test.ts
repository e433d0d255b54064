// Who leaves before the request has gone out leaves nothing behind.
import { expect, it } from 'vitest'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { errorOf, until } from '../helpers/gate.js'
import { openRawServer } from '../fuzz/raw-server.js'

it.each(['memory:', 'lmdb'])('a call that is left at once holds no connection, in %s', async (kind) => {
  const { cachette } = await openWorld({ store: kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind })
  const { url, sockets } = await openRawServer(() => undefined)
  for (let turn = 0; turn < 6; turn += 1) {
    const leaving = new AbortController()
    const left = errorOf(cachette.fetch(`${url}/${turn}`, { signal: leaving.signal }))
    for (let micro = 0; micro < turn * 3; micro += 1) await Promise.resolve()
    leaving.abort(new Error('left'))
    expect((await left).message).toBe('left')
  }
  await until(() => sockets.size === 0, 'the end of every connection')
})
