import { randomBytes } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { EntryBody } from '../../model/entry-body.js'
import { judgeDataFile } from './data-file.js'
import { createLmdbStore } from './lmdb-store.js'

const base = mkdtempSync(join(tmpdir(), 'cachette-data-file-'))
const clock = createFakeClock()
let folders = 0
afterAll(() => rmSync(base, { recursive: true, force: true }))

function newFolder(): string {
  folders += 1
  return join(base, `store-${folders}`)
}

async function open(path: string) {
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  return { store: await createLmdbStore({ path, maxBytes: 100_000_000, clock, onWarning }), warnings }
}

function bodyOf(key: string, size: number): EntryBody {
  return new EntryBody(new TextEncoder().encode(`<${key}>`.repeat(size)).subarray(0, size))
}

/** A closed store with `count` entries of 10 kB. */
async function filledStore(count: number): Promise<string> {
  const path = newFolder()
  const { store } = await open(path)
  for (let index = 0; index < count; index += 1) {
    const key = `key:${index}`
    await store.write(sampleEntry({ key, body: bodyOf(key, 10_000), sizeBytes: 10_000 }), 0)
  }
  await store.close()
  return path
}

function truncate(file: string, size: number): void {
  const descriptor = openSync(file, 'r+')
  ftruncateSync(descriptor, size)
  closeSync(descriptor)
}

describe('the data file before it is mapped', () => {
  it('a file that is missing or empty is no store yet', () => {
    const path = newFolder()
    expect(judgeDataFile(join(path, 'data.mdb'))).toEqual({ state: 'missing' })
    mkdirSync(path)
    writeFileSync(join(path, 'data.mdb'), '')
    expect(judgeDataFile(join(path, 'data.mdb'))).toEqual({ state: 'missing' })
  })

  it('a store is sound, at every size it grows to', async () => {
    const path = newFolder()
    const { store } = await open(path)
    for (let index = 0; index < 60; index += 1) {
      const key = `key:${index % 7}`
      const size = (index * 7_919) % 300_000
      await store.write(sampleEntry({ key, body: bodyOf(key, size), sizeBytes: size }), 0)
      expect(judgeDataFile(join(path, 'data.mdb'))).toEqual({ state: 'sound' })
    }
    await store.close()
  })

  const damages: readonly [string, (file: string) => void][] = [
    ['truncated to half', (file) => truncate(file, Math.floor(statSync(file).size / 2))],
    ['truncated to its first pages', (file) => truncate(file, 8_192)],
    ['truncated to less than a page', (file) => truncate(file, 100)],
    ['of zeros', (file) => writeFileSync(file, Buffer.alloc(100_000))],
    ['that is something else', (file) => writeFileSync(file, '{"not":"a store"}'.repeat(1_000))],
    [
      'with a damaged second page',
      (file) => {
        const bytes = readFileSync(file)
        bytes.fill(0xff, 4_096, 4_400)
        writeFileSync(file, bytes)
      },
    ],
  ]
  for (const [title, damage] of damages) {
    it(`a file ${title} is moved aside with one warning, and a new store begun`, async () => {
      const path = await filledStore(30)
      damage(join(path, 'data.mdb'))
      expect(judgeDataFile(join(path, 'data.mdb')).state).toBe('bad')
      const { store, warnings } = await open(path)
      expect(warnings.length).toBe(1)
      expect(warnings[0]).toContain('data.mdb.bad-')
      expect(store.read('key:1')).toBeUndefined()
      expect(await store.write(sampleEntry(), 0)).toMatchObject({ isStored: true })
      await store.close()
      const names = readdirSync(path).sort()
      expect(names.map((name) => name.replace(/bad-.*/, 'bad'))).toEqual([
        'data.mdb',
        'data.mdb.bad',
        'lock.mdb',
        'lock.mdb.bad',
      ])
      const again = await open(path)
      expect(again.warnings).toEqual([])
      await again.store.close()
    })
  }

  it('a file that lost only pages out of use is sound and stays', async () => {
    const path = await filledStore(40)
    const { store } = await open(path)
    const noise = new EntryBody(randomBytes(200_000))
    await store.write(sampleEntry({ key: 'noise', body: noise, sizeBytes: 200_000 }), 0)
    await store.remove('noise')
    for (let index = 5; index < 12; index += 1) await store.remove(`key:${index}`)
    await store.close()
    const file = join(path, 'data.mdb')
    const whole = readFileSync(file)
    let kept = whole.length
    while (kept > 4_096) {
      truncate(file, kept - 4_096)
      if (judgeDataFile(file).state === 'bad') break
      kept -= 4_096
    }
    writeFileSync(file, whole.subarray(0, kept))
    const again = await open(path)
    expect([again.warnings, kept < whole.length]).toEqual([[], true])
    for (let index = 0; index < 5; index += 1) expect(again.store.read(`key:${index}`)).toBeDefined()
    for (let index = 0; index < 50; index += 1) {
      const key = `more:${index}`
      await again.store.write(sampleEntry({ key, body: bodyOf(key, 50_000), sizeBytes: 50_000 }), 0)
      expect(again.store.read(key)).toBeDefined()
    }
    await again.store.close()
  })

  it('a byte that flipped in a stored body is a miss, and the entry is removed', async () => {
    const path = await filledStore(3)
    const file = join(path, 'data.mdb')
    const bytes = readFileSync(file)
    const at = bytes.indexOf('<key:1><key:1>')
    expect(at).toBeGreaterThan(0)
    for (let from = at; from !== -1; from = bytes.indexOf('<key:1><key:1>', from + 10_000)) bytes[from] = 0x20
    writeFileSync(file, bytes)
    const { store } = await open(path)
    expect(store.read('key:1')).toBeUndefined()
    await store.write(sampleEntry({ key: 'other' }), 0)
    expect([store.head('key:1'), store.read('key:0')?.key, store.read('key:2')?.key]).toEqual([
      undefined,
      'key:0',
      'key:2',
    ])
    expect((await store.health()).entries).toBe(3)
    await store.close()
  })

  it('a path that is a file is refused with a sentence', async () => {
    const path = newFolder()
    writeFileSync(path, '')
    await expect(open(path)).rejects.toMatchObject({ name: 'StoreOpenError', reason: 'not-openable' })
  })
})
