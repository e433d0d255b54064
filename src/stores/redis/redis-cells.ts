// Cells: one key each, which expires by the server's clock. A change is read, decided here and put back on condition that nobody
// changed the value meanwhile. Changes by this process to one cell wait for each other, so that only processes compete.
import { randomBytes } from 'node:crypto'
import type { Cell, CellChange, Cells } from '../../model/cells.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import type { Envelope } from '../codec/envelope.js'
import type { CellWatch } from './cell-watch.js'
import { CHANGE_CELL, LIST_CELLS, READ_CELL } from './cell-scripts.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'

/** What cells take. */
export interface RedisCellsContext {
  readonly link: Link
  readonly names: KeyNames
  readonly envelope: Envelope
  readonly watch: CellWatch
}

/** Before each value, in the clear: changes with it, so that a script need not compare the value itself. */
const STAMP_DIGITS = 16
/** How often a change is tried; each time another process was faster. */
const MAX_TRIES = 100
/** Names listed at a time. */
const LISTED_AT_ONCE = 500

/** Makes the cells of a store. */
export function createRedisCells({ link, names, envelope, watch }: RedisCellsContext): Cells {
  /** The last change under way of each cell. */
  const queues = new Map<string, Promise<unknown>>()

  function opened(name: string, raw: unknown): string | undefined {
    if (!Buffer.isBuffer(raw)) return undefined
    const read = envelope.open('cell', Buffer.from(name), raw.subarray(STAMP_DIGITS))
    return read.state === 'whole' ? createByteReader(read.payload).strings(1)[0] : undefined
  }

  function sealed(name: string, value: string): Buffer {
    const writer = createByteWriter()
    writer.strings([value])
    const stamp = randomBytes(12).toString('base64url')
    return Buffer.concat([Buffer.from(stamp), envelope.seal('cell', Buffer.from(name), writer.finish())])
  }

  async function change<Result>(name: string, decide: CellChange<Result>): Promise<Result> {
    const keys = [names.cell(name), names.cellNames]
    let [nowMs, raw] = (await link.talkScript('read a cell', READ_CELL, { keys, args: [] })) as Current
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const changed = decide(opened(name, raw), nowMs)
      if (changed.action === 'leave') return changed.result
      const stamp = Buffer.isBuffer(raw) ? raw.subarray(0, STAMP_DIGITS) : ''
      const put =
        changed.action === 'put' ? [sealed(name, changed.value), String(changed.keepUntilMs)] : ['', '0']
      const args = [name, names.cellChannel(name), watch.self, stamp, ...put]
      const reply = await link.talkScript('change a cell', CHANGE_CELL, { keys, args })
      const [isDone, atMs, current] = reply as readonly [number, number, unknown]
      if (isDone === 1) return changed.result
      nowMs = atMs
      raw = current
    }
    throw new Error(`the cell ${name} could not be changed: other processes were faster ${MAX_TRIES} times`)
  }

  function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = queues.get(name) ?? Promise.resolve()
    const turn = before.then(work, work)
    const tail = turn
      .catch(() => undefined)
      .finally(() => {
        if (queues.get(name) === tail) queues.delete(name)
      })
    queues.set(name, tail)
    return turn
  }

  return {
    async read(name) {
      return opened(name, await link.talk('read a cell', ['GET', names.cell(name)]))
    },
    update: (name, decide) => inTurn(name, () => change(name, decide)),
    async list(prefix) {
      const found: Cell[] = []
      let from = `[${prefix}`
      for (;;) {
        const args = [from, prefix, String(LISTED_AT_ONCE), names.cell('')]
        const reply = await link.talkScript('list cells', LIST_CELLS, { keys: [names.cellNames], args })
        const [count, pairs] = reply as readonly [number, readonly Buffer[]]
        for (let at = 0; at + 1 < pairs.length; at += 2) {
          const name = String(pairs[at])
          const value = opened(name, pairs[at + 1])
          if (value !== undefined) found.push({ name, value })
          from = `(${name}`
        }
        // Names of cells past their time are gone from the list by now, so the next page is another one.
        if (count < LISTED_AT_ONCE) return found
      }
    },
    watch: watch.watch,
  }
}

/** The time by the server's clock, and what stands in the cell. */
type Current = [number, unknown]
