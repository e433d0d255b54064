// Names and values under each other: the readable form of one object. Pure.
import { cellWidth } from './cell-width.js'
import { printable } from '../format/printable.js'
import type { Layout } from '../layout.js'
import { truncate } from './truncate.js'

/** A line of a field list; `style` colours the value. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly style?: (text: string) => string
}

/** Aligned `name  value` lines; on a terminal long values continue on the next line, below the value. */
export function renderFields(fields: readonly Field[], layout: Layout, indent = ''): string {
  const nameWidth = Math.max(0, ...fields.map((field) => cellWidth(field.name)))
  const gap = `${indent}${' '.repeat(nameWidth)}  `
  return fields
    .flatMap((field) => {
      const name = field.name + ' '.repeat(nameWidth - cellWidth(field.name))
      const style = field.style ?? ((text: string): string => text)
      const lines = wrap(
        printable(field.value, 'line'),
        layout.columns === undefined ? Infinity : layout.columns - gap.length,
      )
      return lines.map((line, index) =>
        index === 0 ? `${indent}${layout.colours.dim(name)}  ${style(line)}` : `${gap}${style(line)}`,
      )
    })
    .join('\n')
}

/** Breaks at spaces where it can, inside a word where it must. */
export function wrap(text: string, width: number): readonly string[] {
  if (cellWidth(text) <= width || width < 8) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (cellWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line.trim() !== '') lines.push(line.trimEnd())
    let rest = word
    while (cellWidth(rest) > width) {
      const head = truncate(rest, width + 1).slice(0, -1)
      lines.push(head)
      rest = rest.slice(head.length)
    }
    line = rest
  }
  return line === '' ? lines : [...lines, line]
}
