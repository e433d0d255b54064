// What the guides on limits list is what the code has.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LEVELS } from '../../src/origin/limits/budget-level.js'
import { passingReply } from '../../src/origin/retry-delay.js'
import { readBudgets } from '../../src/config/budgets.js'
import { callWith } from '../fuzz/origin-call.js'
import { replyWith } from '../helpers/origin-step.js'

const guide = (name: string): Promise<string> =>
  readFile(resolve(import.meta.dirname, '../../docs/guide', name), 'utf8')

const part = (text: string, title: string): string =>
  new RegExp(`<!-- ${title} -->([\\s\\S]*?)<!-- end -->`).exec(text)?.[1] ?? ''

describe('the guides on limits', () => {
  it('list the levels with their thresholds', async () => {
    const rows = [...part(await guide('quota.md'), 'levels').matchAll(/^\| at most (\d+) % \| `(\w+)`/gm)]
    expect(rows.map(([, percent, level]) => ({ level, atMostLeft: Number(percent) / 100 }))).toEqual(
      LEVELS.toReversed(),
    )
  })

  it('list the statuses that are tried again, all of them', async () => {
    const listed = part(await guide('retries-and-breaker.md'), 'passing statuses')
      .split(',')
      .map(Number)
    const all = Array.from({ length: 300 }, (_, index) => index + 300)
    const call = callWith({ classify: () => 'ok' })
    expect(all.filter((status) => passingReply(call, replyWith(status)) !== undefined)).toEqual(listed)
  })

  it('show budgets that can be set', async () => {
    const text = await guide('quota.md')
    expect(text).toContain("rateLimit: '40/1s'")
    expect(readBudgets('40/1s')).toBeDefined()
    expect(readBudgets(['1000/1d', { limit: 20_000, per: '30d' }])).toHaveLength(2)
    const day = { limit: 1000, per: '1d', resetsAt: '00:00', timeZone: 'America/Los_Angeles' }
    expect(readBudgets(day)).toMatchObject([{ limit: 1_000, resetsAt: '00:00' }])
  })
})
