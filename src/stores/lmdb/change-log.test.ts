import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { changesSince, logChange, logJump } from './change-log.js'
import { openEnvironment, type Environment } from './environment.js'
import { EMPTY_STATE } from './state-record.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function openTables(): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-changes-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const environment = await openEnvironment({ folder, maxBytes: 1e7, nowMs: 0, onWarning: () => undefined })
  cleanUps.push(() => environment.root.close())
  return environment
}

describe('the log of changes', () => {
  it('keeps the last 8,192, however far numbers jump', async () => {
    const { root, tables } = await openTables()
    let sequence = 0
    root.transactionSync(() => {
      for (let index = 0; index < 9_000; index += 1) {
        sequence += index % 10 === 0 ? 7 : 1
        if (index % 10 === 0) logJump(tables, sequence, Buffer.from(`k${index}`))
        else logChange(tables, sequence, Buffer.from(`k${index}`))
      }
    })
    const oldest = tables.changes.keys({ limit: 1 })[0]
    expect(oldest !== undefined && sequence - Number(oldest.readBigUInt64BE()) <= 8_192 + 10).toBe(true)
  })

  it('is not complete over a jump, and is after it', async () => {
    const { root, tables } = await openTables()
    root.transactionSync(() => {
      logChange(tables, 1, Buffer.from('a'))
      logJump(tables, 5, Buffer.from('b'))
      logChange(tables, 6, Buffer.from('c'))
    })
    const state = { ...EMPTY_STATE, sequence: 6 }
    expect(changesSince(tables, state, 1).isComplete).toBe(false)
    expect(changesSince(tables, state, 5)).toEqual({
      sequence: 6,
      keys: new Map([['c', 6]]),
      hasNewMarks: false,
      isComplete: true,
    })
  })
})
