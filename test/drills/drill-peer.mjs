// Another process on a store, told what to do line by line as JSON; it answers each line with one of JSON.
// Arguments: folder.
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { readEncryptionKeys } from '../../dist/config/encryption-keys.js'
import { createLmdbStore } from '../../dist/stores/lmdb/lmdb-store.js'
import { systemClock } from '../../dist/shared/clock.js'
import { drillEntry, oneMiss, versionOf } from './drill-entry.mjs'

const [folder] = process.argv.slice(2)
const answer = (value) => writeSync(1, `${JSON.stringify(value)}\n`)
const warnings = []
let store

/** Changes of a cell under way at a time. */
const COUNTED_AT_ONCE = 8

/** Adds one to what all have counted, and to what this one has. */
function countOne(cell, who) {
  return store.cells.update(cell, (before, nowMs) => {
    const { total, by } = before === undefined ? { total: 0, by: {} } : JSON.parse(before)
    const value = JSON.stringify({ total: total + 1, by: { ...by, [who]: (by[who] ?? 0) + 1 } })
    return { action: 'put', value, keepUntilMs: nowMs + 3_600_000, result: undefined }
  })
}

const countMore = (cell, who) =>
  Promise.all(Array.from({ length: COUNTED_AT_ONCE }, () => countOne(cell, who)))

const ACTIONS = {
  async open() {
    store = await createLmdbStore({
      path: folder,
      maxBytes: 2_000_000_000,
      clock: systemClock,
      keys: readEncryptionKeys(process.env),
      onWarning: (message) => warnings.push(message),
    })
    return { warnings }
  },
  write: ({ key, number }) => store.write(drillEntry(key, number), 0),
  async writeMany({ from, count }) {
    const numbers = Array.from({ length: count }, (_, index) => from + index)
    const results = await Promise.allSettled(
      numbers.map((number) => store.write(drillEntry(`k${number}`, number), 0)),
    )
    const words = results.map(
      ({ value, reason }) => reason?.message ?? (value.isStored ? 'stored' : value.because),
    )
    return Object.fromEntries(
      [...new Set(words)].map((word) => [word, words.filter((each) => each === word).length]),
    )
  },
  read: ({ key }) => ({ version: versionOf(store.read(key)) }),
  // Begins a body that never ends, and answers once some of it is in the store.
  async stream({ bodyId, bytes }) {
    const writer = store.writeBody(bodyId)
    const piece = randomBytes(64 * 1024)
    for (let at = 0; at < bytes; at += piece.byteLength) await writer.add(piece)
    const goOn = async () => {
      for (;;) await writer.add(piece)
    }
    void goOn()
    return { isComing: true }
  },
  mark: ({ scope }) => store.addMark(scope, { isSoft: false, atMs: Date.now() }),
  // Counts in a cell, so often and several times at once.
  async count({ cell, who, times }) {
    for (let done = 0; done < times; done += COUNTED_AT_ONCE) await countMore(cell, who)
    return { counted: times }
  },
  // Counts until it is killed, and says after each step how often by then.
  async countOn({ cell, who }) {
    for (let counted = COUNTED_AT_ONCE; ; counted += COUNTED_AT_ONCE) {
      await countMore(cell, who)
      answer({ counted })
    }
  },
  readCell: async ({ cell }) => ({
    value: await store.cells.read(cell),
    listed: await store.cells.list(cell),
  }),
  marks: () => store.marks(),
  sequence: () => ({ sequence: store.sequence() }),
  health: () => store.health(),
  secret: async () => ({ secret: Buffer.from(await store.secret()).toString('hex') }),
  // Counts on exit, as an instance does that ends without being closed, with a write under way.
  exitCounting() {
    const epoch = store.ledger.epoch()
    const minute = Math.floor(Date.now() / 60_000)
    process.on('exit', () => {
      answer({ isCounted: store.ledger.addNow({ epoch, minute, services: { drill: oneMiss() } }) })
    })
    for (let number = 0; number < 50; number += 1) void store.write(drillEntry(`exit:${number}`, number), 0)
    setImmediate(() => process.exit(0))
    return { isExiting: true }
  },
  async close() {
    await store.close()
    return { isClosed: true }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...request } = JSON.parse(line)
  try {
    answer(await ACTIONS[action](request))
  } catch (error) {
    answer({ error: error.message, name: error.name, reason: error.reason })
  }
}
