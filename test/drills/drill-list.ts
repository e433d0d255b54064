// Every drill, in the order in which they are played and reported.
import { clockDrill } from './rows/clock-drill.js'
import { killDrill } from './rows/kill-drill.js'
import { lmdbDrill } from './rows/lmdb-drill.js'
import { memoryDrill } from './rows/memory-drill.js'
import { originDrill } from './rows/origin-drill.js'
import { quotaDrill } from './rows/quota-drill.js'
import { redisDrill } from './rows/redis-drill.js'
import { soakDrill } from './rows/soak-drill.js'
import { stampedeDrill } from './rows/stampede-drill.js'
import type { Drill } from './stage/drill.js'

/** The drills. */
export const DRILLS: readonly Drill[] = [
  stampedeDrill,
  killDrill,
  lmdbDrill,
  redisDrill,
  originDrill,
  quotaDrill,
  clockDrill,
  memoryDrill,
  soakDrill,
]
