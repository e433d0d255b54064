// The stores that processes can share, each made afresh for a scene.
import { join } from 'node:path'
import type { Scene } from './scene.js'
import type { Stage } from './stage.js'

/** A store that processes can share. */
export interface SharedStore {
  /** As the report calls it. */
  readonly name: string
  /** Makes an empty one and gives the `store` option for it; ends the scene where that cannot be done here. */
  openStore(scene: Scene): Promise<string | object>
}

/** All of them. */
export function sharedStores(stage: Stage): readonly SharedStore[] {
  return [
    { name: 'LMDB', openStore: () => Promise.resolve(`lmdb:${join(stage.folder(), 'store')}`) },
    {
      name: 'Redis',
      // A machine that is busy with a crowd is not to be taken for a server that is away.
      openStore: async (scene) => ({ type: 'redis', url: (await stage.redis(scene)).url, timeout: '2s' }),
    },
  ]
}
