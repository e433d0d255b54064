import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { Layout } from '../layout.js'
import { renderTable } from './table.js'

const colours = pc.createColors(false)
const terminal = (columns: number): Layout => ({ columns, colours })
const pipe: Layout = { columns: undefined, colours }

describe('renderTable', () => {
  const columns = [
    { title: 'name' },
    { title: 'count', align: 'right' },
    { title: 'url', minWidth: 8 },
  ] as const
  const url = 'https://api.example.com/a/rather/long/path?with=parameters'
  const rows = [
    ['tmdb', '12', url],
    ['spotify', '1,234', 'https://x.example/'],
  ]

  it.each([40, 60, 80, 200])('fits a terminal of %d columns', (width) => {
    const lines = renderTable(columns, rows, terminal(width)).split('\n')
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width)
    expect(lines[0]).toMatch(/^┌─/)
  })

  it('leaves out columns in their order before it cuts below what they need', () => {
    const droppable = [...columns, { title: 'tier', dropOrder: 1 }, { title: 'age', dropOrder: 2 }] as const
    const wider = rows.map((row) => [...row, 'memory', '3 min'])
    expect(renderTable(droppable, wider, terminal(46))).toContain('age')
    expect(renderTable(droppable, wider, terminal(46))).not.toContain('tier')
    expect(renderTable(droppable, wider, terminal(37))).not.toContain('age')
    expect(renderTable(droppable, wider, pipe)).toContain('tier')
  })

  it('shows a block per row where the terminal is too narrow for columns', () => {
    const text = renderTable(columns, rows, terminal(24))
    expect(text).toContain('name   tmdb\ncount  12\nurl    https://api.exam…')
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(24)
  })

  it('gives a pipe aligned columns with full values and no box', () => {
    expect(renderTable(columns, rows, pipe)).toBe(
      ['name     count  url', `tmdb        12  ${url}`, 'spotify  1,234  https://x.example/'].join('\n'),
    )
  })

  it('colours a cell after cutting it', () => {
    const style = (text: string): string => `<${text}>`
    const text = renderTable([{ title: 't', minWidth: 3 }], [[{ text: 'abcdefgh', style }]], terminal(9))
    expect(text).toContain('<abcd…>')
  })
})
