// Another process on a store, which purges tag after tag, evenly over some time, and says when it is done.
import { setTimeout as sleep } from 'node:timers/promises'
import { openCachette } from '../peers/cachette.mjs'
import { purgeTags } from './purge-tags.mjs'

const [, , folder, url, count, overMs] = process.argv
const BATCHES = 100
const perBatch = Math.ceil(Number(count) / BATCHES)

const { cachette, close } = await openCachette({ origin: { url }, store: `lmdb:${folder}` })
process.send({ isReady: true })
await new Promise((resolve) => process.once('message', resolve))

const began = performance.now()
for (let batch = 0; batch < BATCHES; batch += 1) {
  await purgeTags(cachette, batch * perBatch, perBatch)
  await sleep(Math.max(0, began + ((batch + 1) * Number(overMs)) / BATCHES - performance.now()))
}
await close()
process.send({ tookMs: performance.now() - began })
process.disconnect()
