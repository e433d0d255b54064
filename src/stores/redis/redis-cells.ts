// Cells: one key each, which expires by the server's clock. A change is read, decided here and put back on condition that nobody
// changed the value meanwhile. Changes by this process to one cell wait for each other, so that only processes compete.
import type { Cell, CellChange, Cells } from '../../model/cells.js'
import { openCell, sealCell, STAMP_DIGITS } from './cell-row.js'
import type { CellWatch } from './cell-watch.js'
import { CHANGE_CELL, LIST_CELLS, READ_CELL } from './cell-scripts.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Lock } from './lock.js'

/** What cells take. */
export interface RedisCellsContext {
  readonly link: Link
  readonly names: KeyNames
  readonly lock: Lock
  readonly watch: CellWatch
}

/** How often a change is tried; each time another process was faster. */
const MAX_TRIES = 100
/**
 * Leases come and go by the thousand and nobody lists them. A name in the list outlives its cell until somebody lists it, so
 * theirs do not enter it.
 */
const UNLISTED_PREFIX = 'lease:'
/** Names listed at a time. */
const LISTED_AT_ONCE = 500

/** Makes the cells of a store. */
export function createRedisCells({ link, names, lock, watch }: RedisCellsContext): Cells {
  /** The last change under way of each cell. */
  const queues = new Map<string, Promise<unknown>>()

  async function change<Result>(name: string, decide: CellChange<Result>): Promise<Result> {
    const shown = lock.shown(name)
    const keys = [names.cell(shown), names.cellNames]
    const listed = name.startsWith(UNLISTED_PREFIX) ? '0' : '1'
    let [nowMs, raw] = (await link.talkScript('read a cell', READ_CELL, { keys, args: [] })) as Current
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const changed = decide(openCell(lock, shown, raw)?.value, nowMs)
      if (changed.action === 'leave') return changed.result
      const stamp = Buffer.isBuffer(raw) ? raw.subarray(0, STAMP_DIGITS) : ''
      const put =
        changed.action === 'put'
          ? [sealCell(lock, { name, value: changed.value }), String(changed.keepUntilMs)]
          : ['', '0']
      const args = [shown, names.cellChannel(shown), watch.self, stamp, ...put, listed]
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

  /** The cells whose shown names begin so, in the order of those. */
  async function listShown(prefix: string): Promise<Cell[]> {
    const found: Cell[] = []
    let from = `[${prefix}`
    for (;;) {
      const args = [from, prefix, String(LISTED_AT_ONCE), names.cell('')]
      const reply = await link.talkScript('list cells', LIST_CELLS, { keys: [names.cellNames], args })
      const [count, pairs] = reply as readonly [number, readonly Buffer[]]
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        const shown = String(pairs[at])
        const cell = openCell(lock, shown, pairs[at + 1])
        if (cell !== undefined) found.push(cell)
        from = `(${shown}`
      }
      // Names of cells past their time are gone from the list by now, so the next page is another one.
      if (count < LISTED_AT_ONCE) return found
    }
  }

  return {
    async read(name) {
      const shown = lock.shown(name)
      const raw = await link.talk('read a cell', ['GET', names.cell(shown)])
      return openCell(lock, shown, raw)?.value
    },
    update: (name, decide) => inTurn(name, () => change(name, decide)),
    async list(prefix) {
      if (!lock.rowNames().isHidden) return listShown(prefix)
      return (await listShown('')).filter(({ name }) => name.startsWith(prefix)).sort(byName)
    },
    watch: watch.watch,
  }
}

/** The time by the server's clock, and what stands in the cell. */
type Current = [number, unknown]

function byName(left: Cell, right: Cell): number {
  return Buffer.compare(Buffer.from(left.name), Buffer.from(right.name))
}
