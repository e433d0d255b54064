// Cells on a Keyv: exact within this process; between processes the last writer wins, so that leases make a second origin
// call rare and cannot rule it out. Listing needs a Keyv that can go through its rows.
import type { Cell, Cells } from '../../model/cells.js'
import type { Clock } from '../../shared/clock.js'
import type { SharedRows } from './shared-rows.js'

const PREFIX = 'cell:'

interface Row {
  readonly value: string
  readonly keepUntilMs: number
}

/** Makes cells on shared rows. */
export function createKeyvCells(rows: SharedRows, clock: Clock): Cells {
  const valueOf = (text: string | undefined): string | undefined => {
    const row = text === undefined ? undefined : (JSON.parse(text) as Row)
    return row !== undefined && row.keepUntilMs > clock.nowMs() ? row.value : undefined
  }

  return {
    read: async (name) => valueOf(await rows.read(PREFIX + name)),
    update: (name, change) =>
      rows.update(PREFIX + name, (before) => {
        const nowMs = clock.nowMs()
        const changed = change(valueOf(before), nowMs)
        const { action, result } = changed
        if (action !== 'put') return { action, result }
        const { value, keepUntilMs } = changed
        if (keepUntilMs <= nowMs) return { action: 'remove', result }
        const row: Row = { value, keepUntilMs }
        return { action, text: JSON.stringify(row), forMs: keepUntilMs - nowMs, result }
      }),
    async list(prefix) {
      const found: Cell[] = []
      for await (const { name, text } of rows.scan(PREFIX + prefix)) {
        const value = valueOf(text)
        if (value !== undefined) found.push({ name: name.slice(PREFIX.length), value })
      }
      return found.sort((one, other) => (one.name < other.name ? -1 : 1))
    },
  }
}
