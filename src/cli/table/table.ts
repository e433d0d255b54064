// Tables: boxed and fitted on a terminal, one block per row where it is too narrow for columns, and plain aligned
// columns with full values in a pipe. Pure.
import CliTable from 'cli-table3'
import stringWidth from 'string-width'
import { printable } from '../format/printable.js'
import type { Layout } from '../layout.js'
import { fitColumns } from './fit-columns.js'
import { truncate } from './truncate.js'

/** One column. Only columns with `minWidth` are ever cut. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The narrowest it may become on a terminal, in cells. */
  readonly minWidth?: number
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
  const naturalWidths = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(textOf(row[index])))),
  )
  if (layout.columns === undefined) return plainTable(columns, rows, naturalWidths, layout)
  const demands = columns.map((column, index) => {
    const width = naturalWidths[index] ?? 0
    return { width, minWidth: Math.min(width, column.minWidth ?? width) }
  })
  const widths = fitColumns(demands, layout.columns - columns.length * FRAME_CELLS - 1)
  if (widths === undefined) return recordBlocks(columns, rows, layout, layout.columns)
  const table = new CliTable({
    head: columns.map((column, index) => layout.colours.bold(truncate(column.title, widths[index] ?? 0))),
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    table.push(
      columns.map((_, index) => styled(row[index], truncate(textOf(row[index]), widths[index] ?? 0))),
    )
  }
  return table.toString()
}

function plainTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  layout: Layout,
): string {
  const line = (cells: readonly Cell[]): string =>
    columns
      .map((column, index) => {
        const text = textOf(cells[index])
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)))
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
  const titleWidth = Math.max(...columns.map((column) => stringWidth(column.title)))
  const valueWidth = Math.max(8, terminalColumns - titleWidth - 2)
  const blocks = rows.map((row) =>
    columns
      .map((column, index) => {
        const title = column.title + ' '.repeat(titleWidth - stringWidth(column.title))
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
