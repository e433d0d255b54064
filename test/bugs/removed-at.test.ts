// From `removeAtMs` on an entry may not be used at all, whether the store has removed it already or not.
import { expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'
import { newFolder } from '../helpers/cache-world.js'

const DAY_MS = 86_400_000

it.each(['memory:', 'lmdb'])(
  'in %s what is past removeAtMs does not stand in for the origin',
  async (kind) => {
    const store = kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind
    const { ask, script, clock, cachette, origin } = await openHttpWorld({ store })
    script('/data', { body: 'old', headers: { 'cache-control': 'max-age=60' } })
    await ask('/data')
    const { removeAtMs } = (await cachette.list()).entries[0]!
    clock.jump(removeAtMs - clock.nowMs() + DAY_MS)
    await origin.stop()
    await expect(ask('/data')).rejects.toThrow('fetch failed')
  },
)
