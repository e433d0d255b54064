// Tables: boxed and fitted on a terminal, one block per row where it is too narrow for columns, and plain aligned
// columns with full values in a pipe. Pure.
import CliTable from 'cli-table3'
import { cellWidth } from './cell-width.js'
import { printable } from '../format/printable.js'
import type { Layout } from '../layout.js'
import { fitColumns } from './fit-columns.js'
import { truncate, truncateMiddle } from './truncate.js'

/** One column. Only columns with `minWidth` are ever cut. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The narrowest it may become on a terminal, in cells. */
  readonly minWidth?: number
  /** Where it is cut. Default `end`. */
  readonly cut?: 'middle' | 'end'
  /** Left out on a terminal that is too narrow, the lowest number first; without one the column always stays. */
  readonly dropOrder?: number
}

/** A cell; `style` colours the text after it was cut. */
export type Cell = string | { readonly text: string; readonly style: (text: string) => string }

/** Cells that a border and the padding of one column take. */
const FRAME_CELLS = 3

export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  layout: Layout,
): string {
  const available = layout.columns
  if (available === undefined) return plainTable(columns, rows, layout)
  const widths = fit(columns, rows, available)
  if (widths !== undefined) return boxedTable(columns, rows, widths, layout)
  const dropped = nextToDrop(columns)
  if (dropped === undefined) return recordBlocks(columns, rows, layout, available)
  const stays = (_: unknown, index: number): boolean => index !== dropped
  return renderTable(
    columns.filter(stays),
    rows.map((row) => row.filter(stays)),
    layout,
  )
}

function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly number[] {
  return columns.map((column, index) =>
    Math.max(cellWidth(column.title), ...rows.map((row) => cellWidth(textOf(row[index])))),
  )
}

function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  available: number,
): readonly number[] | undefined {
  const natural = naturalWidths(columns, rows)
  const demands = columns.map(({ minWidth }, index) => {
    const width = natural[index] ?? 0
    return { width, minWidth: Math.min(width, minWidth ?? width) }
  })
  return fitColumns(demands, available - columns.length * FRAME_CELLS - 1)
}

function nextToDrop(columns: readonly Column[]): number | undefined {
  const orders = columns.flatMap(({ dropOrder }) => (dropOrder === undefined ? [] : [dropOrder]))
  if (orders.length === 0) return undefined
  return columns.findIndex(({ dropOrder }) => dropOrder === Math.min(...orders))
}

function boxedTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  layout: Layout,
): string {
  const table = new CliTable({
    head: columns.map((column, index) => layout.colours.bold(truncate(column.title, widths[index] ?? 0))),
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    table.push(
      columns.map(({ cut }, index) => {
        const shorten = cut === 'middle' ? truncateMiddle : truncate
        return styled(row[index], shorten(textOf(row[index]), widths[index] ?? 0))
      }),
    )
  }
  return table.toString()
}

function plainTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], layout: Layout): string {
  const widths = naturalWidths(columns, rows)
  const line = (cells: readonly Cell[]): string =>
    columns
      .map((column, index) => {
        const text = textOf(cells[index])
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - cellWidth(text)))
        const body = styled(cells[index], text)
        if (column.align === 'right') return padding + body
        return index === columns.length - 1 ? body : body + padding
      })
      .join('  ')
  const head = columns.map((column) => ({ text: column.title, style: layout.colours.bold }))
  return [head, ...rows].map(line).join('\n')
}

function recordBlocks(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  layout: Layout,
  terminalColumns: number,
): string {
  const titleWidth = Math.max(...columns.map((column) => cellWidth(column.title)))
  const valueWidth = Math.max(8, terminalColumns - titleWidth - 2)
  const blocks = rows.map((row) =>
    columns
      .map((column, index) => {
        const title = column.title + ' '.repeat(titleWidth - cellWidth(column.title))
        return `${layout.colours.dim(title)}  ${styled(row[index], truncate(textOf(row[index]), valueWidth))}`
      })
      .join('\n'),
  )
  return blocks.join('\n\n')
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  return printable(typeof cell === 'string' ? cell : cell.text, 'line')
}

function styled(cell: Cell | undefined, text: string): string {
  return typeof cell === 'object' ? cell.style(text) : text
}
