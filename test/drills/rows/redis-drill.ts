// A Redis server that goes away in every way it can, under callers who go on, and comes back.
import type { Drill } from '../stage/drill.js'
import type { RedisServer } from '../../helpers/redis-server.js'
import type { Scene } from '../stage/scene.js'
import type { Stage } from '../stage/stage.js'
import { type Outage, playOutage } from './redis-outage.js'

const APPEND_ONLY = ['--appendonly', 'yes', '--appendfsync', 'always']

/** The drill. */
export const redisDrill: Drill = {
  name: 'redis',
  title: 'Redis is killed, restarted, hangs, is flushed, fails over',
  promise:
    'Callers get slower answers and no error. Redis is used again within 1 s of its return, and nothing that was purged comes back.',
  async play(stage) {
    const awayMs = stage.pick(300, 10_000)
    const hungMs = stage.pick(2_000, 30_000)
    const restarted = (server: RedisServer): Outage => ({
      awayMs,
      store: server.url,
      begin: () => server.stop(),
      end: () => server.restart(),
    })
    await stage.scene('killed, and started again empty', async (scene) =>
      playOutage(stage, scene, restarted(await stage.redis(scene))),
    )
    await stage.scene('killed, and started again with its data', async (scene) =>
      playOutage(stage, scene, restarted(await stage.redis(scene, APPEND_ONLY))),
    )
    await stage.scene(`hangs for ${hungMs / 1_000} s`, async (scene) => {
      const server = await stage.redis(scene)
      await playOutage(stage, scene, {
        awayMs: hungMs,
        store: server.url,
        begin: () => server.pause(),
        end: () => server.resume(),
      })
    })
    await stage.scene('is flushed', async (scene) => {
      const server = await stage.redis(scene)
      const flush = (): Promise<unknown> => server.command('FLUSHALL')
      await playOutage(stage, scene, { awayMs: 0, store: server.url, begin: flush, end: () => undefined })
    })
    await stage.scene('the master is killed, sentinels promote its replica', (scene) =>
      failOver(stage, scene),
    )
  },
}

async function failOver(stage: Stage, scene: Scene): Promise<void> {
  const master = await stage.redis(scene)
  const replica = await stage.redis(scene, ['--replicaof', '127.0.0.1', String(master.port)])
  const { startSentinels } = await import('../stage/redis-sentinels.js')
  const sentinels = await startSentinels(master)
  stage.onEnd(() => sentinels.dispose())
  await sentinels.untilReplicated(replica)
  await playOutage(stage, scene, {
    awayMs: 0,
    store: { type: 'redis', url: master.url, sentinel: { name: sentinels.name, nodes: sentinels.nodes } },
    begin: () => master.stop(),
    end: () => sentinels.untilPromoted(replica),
    isReplicated: true,
  })
}
