import { describe } from 'vitest'
import { clockDrill } from './rows/clock-drill.js'
import { killDrill } from './rows/kill-drill.js'
import { lmdbDrill } from './rows/lmdb-drill.js'
import { memoryDrill } from './rows/memory-drill.js'
import { soakDrill } from './rows/soak-drill.js'
import { itHolds } from './short-form.js'

describe('drills on what a process keeps', () => {
  for (const drill of [killDrill, lmdbDrill, clockDrill, memoryDrill, soakDrill]) itHolds(drill)
})
