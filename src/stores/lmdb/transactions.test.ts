import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import type { DiskRoom } from './disk-room.js'
import { openEnvironment } from './environment.js'
import { plainTables } from './tables.js'
import { type Transactions, createTransactions } from './transactions.js'

const clock = createFakeClock()
const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function openTransactions(room?: DiskRoom): Promise<Transactions> {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-transactions-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const environment = await openEnvironment({ folder, maxBytes: 1e7, nowMs: 0, onWarning: () => undefined })
  cleanUps.push(() => environment.root.close())
  return createTransactions({
    ...environment,
    tables: plainTables(environment.tables),
    dataFile: join(folder, 'data.mdb'),
    clock,
    isUnlocked: () => true,
    ...(room !== undefined && { room }),
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

  it('are refused as full before the disk runs out, and go on later when there is room', async () => {
    let state: ReturnType<DiskRoom['state']> = 'spent'
    const transactions = await openTransactions({ state: () => state, reserveBytes: 1_000_000 })
    const refusal: unknown = await transactions.run(() => 1).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ because: 'full' })
    expect(transactions.problem()).toContain('no space left: 1000000 bytes are left to others')
    expect(transactions.isWritable()).toBe(false)
    expect(() => transactions.runNow(() => 1)).toThrow('The disk is full')
    state = 'tight'
    clock.advance(250)
    expect(await Promise.all([transactions.run(() => 1), transactions.run(() => 2)])).toEqual([1, 2])
    expect(transactions.problem()).toBeUndefined()
    await transactions.close()
  })

  it('that make the store no larger go on where there is no room for more', async () => {
    let state: ReturnType<DiskRoom['state']> = 'short'
    const transactions = await openTransactions({ state: () => state, reserveBytes: 1_000_000 })
    const settled = await Promise.allSettled([
      transactions.run(() => 'more', { grows: true }),
      transactions.run(() => 'less'),
      transactions.change((before) => ({ state: before, result: 'more' }), { grows: true }),
      transactions.run(() => 'less'),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(settled[0]).toMatchObject({ reason: { because: 'full' } })
    expect(transactions.isWritable()).toBe(false)
    expect(transactions.runNow(() => 'less')).toBe('less')
    state = 'ample'
    clock.advance(250)
    expect(await transactions.run(() => 'more', { grows: true })).toBe('more')
    expect([transactions.isWritable(), transactions.problem()]).toEqual([true, undefined])
    await transactions.close()
  })
})
