// Writes entries as fast as it can until it is killed, and says of each, once acknowledged: `key number`.
// Arguments: folder, name, first number.
import { writeSync } from 'node:fs'
import { readEncryptionKeys } from '../../dist/config/encryption-keys.js'
import { createLmdbStore } from '../../dist/stores/lmdb/lmdb-store.js'
import { systemClock } from '../../dist/shared/clock.js'
import { drillEntry, oneMiss } from './drill-entry.mjs'

const [folder, name, first] = process.argv.slice(2)
const store = await createLmdbStore({
  path: folder,
  maxBytes: 2_000_000_000,
  clock: systemClock,
  keys: readEncryptionKeys(process.env),
})
const epoch = await store.ledger.epoch()
const KEYS = 40
const AT_ONCE = 4

async function writeOne(number) {
  const key = `${name}:${number % KEYS}`
  const result = await store.write(drillEntry(key, number), 0)
  if (result.isStored) writeSync(1, `${key} ${number}\n`)
}

for (let number = Number(first); ; number += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => writeOne(number + index)))
  const minute = Math.floor(Date.now() / 60_000)
  if (await store.ledger.add({ epoch, minute, services: { drill: oneMiss() } })) writeSync(1, 'counted\n')
}
