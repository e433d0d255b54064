import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { StoreHealth } from '../../model/store.js'
import { checkCredentials, checkEncryption, checkStores } from './cache-checks.js'
import {
  checkClock,
  checkConfiguration,
  checkDisk,
  checkLmdb,
  checkNode,
  checkPermissions,
} from './machine-checks.js'
import { renderChecks } from './report-view.js'

const memory: StoreHealth = { tier: 'memory', isWritable: true, entries: 0, sizeBytes: 0, maxBytes: 1 }
const lmdb: StoreHealth = { ...memory, tier: 'lmdb', location: '/var/cache', entries: 1, maxBytes: 1024 ** 3 }

describe('checks of the machine', () => {
  it.each([
    ['v20.18.9', 'fail'],
    ['v20.19.0', 'ok'],
    ['v22.0.0', 'ok'],
    ['v18.20.0', 'fail'],
  ])('node %s: %s', (version, status) => expect(checkNode(version).status).toBe(status))

  it('the clock fails common sense before 2025 and is behind the store if that was written later', () => {
    const nowMs = Date.UTC(2026, 0, 1)
    expect(checkClock(0, []).status).toBe('fail')
    expect(checkClock(nowMs, [nowMs - 1, nowMs + 30_000]).status).toBe('ok')
    expect(checkClock(nowMs, [nowMs + 86_400_000]).status).toBe('warn')
  })

  it('a folder that others may read is a warning with the command that closes it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachette-doctor-'))
    expect(checkPermissions(folder).status).toBe('ok')
    chmodSync(folder, 0o755)
    expect(checkPermissions(folder)).toMatchObject({ status: 'warn', advice: `run 'chmod 700 ${folder}'` })
  })

  it('too little room for the store to grow is a warning', async () => {
    expect((await checkDisk(tmpdir(), 0)).status).toBe('ok')
    expect((await checkDisk(tmpdir(), 1e18)).status).toBe('warn')
  })

  it('names the config file at or above the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachette-doctor-'))
    mkdirSync(join(folder, 'below'))
    expect(checkConfiguration(join(folder, 'below')).detail).toMatch(/^valid, no cachette\.config file/)
    writeFileSync(join(folder, 'cachette.config.mjs'), '')
    expect(checkConfiguration(join(folder, 'below')).detail).toBe(
      `valid, from ${join(folder, 'cachette.config.mjs')}`,
    )
  })

  it('the lmdb module loads here', async () => {
    expect(await checkLmdb()).toMatchObject({ status: 'ok' })
  })
})

describe('checks of the cache', () => {
  it('a store that works, that cannot be written to, that has a problem', () => {
    const statusOf = (health: StoreHealth): unknown =>
      checkStores({ isHealthy: true, tiers: [memory, health] }, []).map(({ status }) => status)
    expect(statusOf(lmdb)).toEqual(['ok'])
    expect(statusOf({ ...lmdb, isWritable: false })).toEqual(['fail'])
    expect(statusOf({ ...lmdb, problem: 'the disk is full' })).toEqual(['fail'])
  })

  it('memory alone is a warning, and a failure where a store could not be opened', () => {
    const report = { isHealthy: true, tiers: [memory] }
    expect(checkStores(report, [])).toMatchObject([{ status: 'warn' }])
    expect(checkStores(report, ['the store could not be opened'])).toMatchObject([
      { status: 'fail', detail: 'the store could not be opened' },
    ])
  })

  it('encryption is told of per lasting tier: off, on, and how much stands under an older key', () => {
    const detailsOf = (...tiers: StoreHealth[]): unknown =>
      checkEncryption({ isHealthy: true, tiers }).map(({ status, detail }) => [status, detail])
    const under = (entriesUnderOlderKeys: number): StoreHealth => ({
      ...lmdb,
      encryption: { entriesUnderOlderKeys },
    })
    expect(detailsOf(memory)).toEqual([])
    expect(detailsOf({ ...lmdb, problem: 'it cannot be read' })).toEqual([])
    expect(detailsOf(memory, lmdb, under(0), under(7))).toEqual([
      ['ok', 'lmdb: off; CACHETTE_ENCRYPTION_KEY turns it on'],
      ['ok', 'lmdb: on, every entry under the present key'],
      ['ok', expect.stringMatching(/^lmdb: on; about 7 entries under an older key: leave it in CACHETTE_/)],
    ])
  })

  it('missing credentials are a warning that names the variables', () => {
    const service = { name: 'tmdb', hosts: [], popular: [], hasCredentials: false, missing: ['A', 'B'] }
    expect(checkCredentials([service])).toMatchObject([{ status: 'warn', advice: 'set A and B to use it' }])
  })
})

describe('renderChecks', () => {
  it('is a line per check with its advice below, wrapped to the terminal', () => {
    const checks = checkStores({ isHealthy: true, tiers: [memory] }, [])
    const text = renderChecks(checks, { columns: 60, colours: pc.createColors(false) })
    expect(text.split('\n').every((line) => line.length <= 60)).toBe(true)
    expect(text).toMatch(/^warn {2}store {2}memory only.*\n {13}.*\n? *→ set CACHETTE_STORE/)
    expect(text).toMatch(/works, with 1 to look at$/)
  })
})
