import { describe } from 'vitest'
import { originDrill } from './rows/origin-drill.js'
import { quotaDrill } from './rows/quota-drill.js'
import { redisDrill } from './rows/redis-drill.js'
import { stampedeDrill } from './rows/stampede-drill.js'
import { itHolds } from './short-form.js'

describe('drills on what is shared with others', () => {
  for (const drill of [stampedeDrill, quotaDrill, originDrill, redisDrill]) itHolds(drill)
})
