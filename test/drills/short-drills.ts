// The short form of drills: every check of every scene is to be met. Limits of time are those of `npm run drills`, stretched for
// machines that have other things to do. Stampedes have a test of their own; a million URLs and soaks take long.
import { describe, expect, it } from 'vitest'
import { clockDrill } from './rows/clock-drill.js'
import { killDrill } from './rows/kill-drill.js'
import { lmdbDrill } from './rows/lmdb-drill.js'
import { originDrill } from './rows/origin-drill.js'
import { quotaDrill } from './rows/quota-drill.js'
import { redisDrill } from './rows/redis-drill.js'
import { failuresOf } from './stage/drill.js'
import { playDrill } from './stage/stage.js'

const LEEWAY = 4
/** Far more than a short form takes. */
const LIMIT_MS = 180_000

describe('drills', () => {
  it.each([killDrill, lmdbDrill, clockDrill, quotaDrill, originDrill, redisDrill])(
    '$title: everything holds',
    async (drill) => {
      const report = await playDrill(drill, { form: 'short', leeway: LEEWAY })
      expect(failuresOf(report)).toEqual([])
      expect(report.scenes.length).toBeGreaterThan(0)
    },
    LIMIT_MS,
  )
})
