// For `warm --demo`: an API of our own on this machine and a store that is thrown away. Unlike the demo's own world
// it keeps the TTLs of the profiles, since a warm-up should see nothing expire.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Admin } from '../../admin/admin.js'
import type { CommandContext } from '../context.js'

/** An admin over the demo's origin. `close` ends the origin and removes the store. */
export interface ThrowawayCache {
  readonly admin: Admin
  close(): Promise<void>
}

export async function openThrowawayCache(context: CommandContext): Promise<ThrowawayCache> {
  // Loaded on demand: the catalogue is large.
  const { createDemoOrigin } = await import('../../demo/demo-origin.js')
  const folder = await mkdtemp(join(tmpdir(), 'cachette-warm-'))
  const origin = await createDemoOrigin()
  const admin = await context.openAdmin({ environment: origin.environment, store: `lmdb:${folder}` })
  return {
    admin,
    async close() {
      await admin.close()
      await origin.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
