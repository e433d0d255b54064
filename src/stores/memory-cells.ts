// Cells of a store that lives in this process alone: a map, and a change is a call.
import type { Cell, CellChanged, Cells } from '../model/cells.js'
import type { Clock } from '../shared/clock.js'
import { checkCellName, checkCellValue } from './cell-bounds.js'

/** From how many on those past their time are dropped. */
const TIDY_FROM = 1_024

/** Makes empty cells. */
export function createMemoryCells(clock: Clock): Cells {
  const rows = new Map<string, { readonly value: string; readonly keepUntilMs: number }>()
  let tidyFrom = TIDY_FROM

  function read(name: string): string | undefined {
    const row = rows.get(name)
    return row !== undefined && row.keepUntilMs > clock.nowMs() ? row.value : undefined
  }

  function apply(name: string, changed: CellChanged<unknown>): void {
    if (changed.action === 'remove') rows.delete(name)
    if (changed.action !== 'put') return
    checkCellValue(name, changed.value)
    rows.set(name, { value: changed.value, keepUntilMs: changed.keepUntilMs })
    if (rows.size < tidyFrom) return
    const nowMs = clock.nowMs()
    for (const [other, { keepUntilMs }] of rows) if (keepUntilMs <= nowMs) rows.delete(other)
    tidyFrom = Math.max(TIDY_FROM, rows.size * 2)
  }

  return {
    read,
    update(name, change) {
      try {
        checkCellName(name)
        const changed = change(read(name), clock.nowMs())
        apply(name, changed)
        return Promise.resolve(changed.result)
      } catch (error) {
        return Promise.reject(error as Error)
      }
    },
    list(prefix) {
      const found: Cell[] = []
      for (const name of rows.keys()) {
        const value = name.startsWith(prefix) ? read(name) : undefined
        if (value !== undefined) found.push({ name, value })
      }
      return found.sort((one, other) => (one.name < other.name ? -1 : 1))
    },
  }
}
