// A HEAD renews what is stored for GET, unless a purge took that away.
import { expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'
import { newFolder } from '../helpers/cache-world.js'

it.each(['memory:', 'lmdb'])('in %s a HEAD brings nothing back that was purged', async (kind) => {
  const store = kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind
  const { ask, script, cachette, origin } = await openHttpWorld({ store })
  const headers = { 'cache-control': 'max-age=600', etag: '"1"' }
  script('/data', { body: 'old', headers })
  await ask('/data')
  await cachette.purge({ all: true })
  script('/data', { body: 'new', headers })
  await ask('/data', { method: 'HEAD' })
  expect((await ask('/data')).text).toBe('new')
  expect(origin.count('/data')).toBe(3)
})
