// An embedded store that is damaged, of another format, on a full disk or not to be written to: callers get right answers, and
// one warning.
import type { Drill } from '../stage/drill.js'
import { damageScenes } from './lmdb-damage.js'
import { fullDiskScenes } from './lmdb-full-disk.js'

/** The drill. */
export const lmdbDrill: Drill = {
  name: 'lmdb',
  title: 'The embedded store is damaged, full or read-only',
  promise: 'Callers get slower answers and one warning; no wrong body is ever served.',
  async play(stage) {
    await damageScenes(stage)
    await fullDiskScenes(stage)
  },
}
