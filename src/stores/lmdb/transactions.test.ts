import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../shared/clock.js'
import { openEnvironment } from './environment.js'
import { plainTables } from './tables.js'
import { type Transactions, createTransactions } from './transactions.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function openTransactions(): Promise<Transactions> {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-transactions-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const environment = await openEnvironment({ folder, maxBytes: 1e7, nowMs: 0, onWarning: () => undefined })
  cleanUps.push(() => environment.root.close())
  return createTransactions({
    ...environment,
    tables: plainTables(environment.tables),
    dataFile: join(folder, 'data.mdb'),
    clock: systemClock,
    isUnlocked: () => true,
    onFailure: () => undefined,
  })
}

describe('transactions', () => {
  it('settle everything in a batch that fails, also what was queued while the lock was awaited', async () => {
    const transactions = await openTransactions()
    const first = transactions.run(() => 1)
    await Promise.resolve()
    const failing = transactions.run(() => {
      throw new Error('on purpose')
    })
    const settled = await Promise.allSettled([first, failing])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(transactions.problem()).toContain('on purpose')
    expect(await transactions.run(() => 2)).toBe(2)
    expect(transactions.problem()).toBeUndefined()
    await transactions.close()
  })

  it('run what is queued before work that must be done at once', async () => {
    const transactions = await openTransactions()
    const order: string[] = []
    const queued = transactions.run(() => order.push('queued'))
    transactions.runNow(() => order.push('at once'))
    expect(order).toEqual(['queued', 'at once'])
    await queued
    await transactions.close()
  })
})
