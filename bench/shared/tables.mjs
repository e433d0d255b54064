// Tables in Markdown: the same text is printed on a terminal and kept in README.md.
import { markdownTable } from 'markdown-table'

/** A table: `{ title, columns: [{ name, isNumber }], rows, notes }`; rows are lists of texts. */
export function formatTable({ title, columns, rows, notes = [] }) {
  const align = columns.map((column) => (column.isNumber ? 'r' : 'l'))
  const lines = [
    `### ${title}`,
    '',
    markdownTable([columns.map((column) => column.name), ...rows], { align }),
  ]
  if (notes.length > 0) lines.push('', ...notes)
  return lines.join('\n')
}

/** Several tables, one below the other. */
export function formatTables(tables) {
  return tables.map(formatTable).join('\n\n')
}

/** Microseconds with as many digits as they deserve. */
export function formatUs(us) {
  if (us < 1) return us.toFixed(3)
  if (us < 10) return us.toFixed(2)
  return us < 100 ? us.toFixed(1) : us.toFixed(0)
}

/** A ratio, such as `7.4 ×`. */
export function formatRatio(ratio) {
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)} ×`
}

/** A count in words of thousands and millions, such as `10,000`. */
export function formatCount(count) {
  return count.toLocaleString('en-US')
}
