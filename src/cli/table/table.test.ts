import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { Layout } from '../layout.js'
import { renderFields, wrap } from './fields.js'
import { fitColumns } from './fit-columns.js'
import { renderTable } from './table.js'
import { truncate, truncateMiddle } from './truncate.js'

const colours = pc.createColors(false)
const terminal = (columns: number): Layout => ({ columns, colours })
const pipe: Layout = { columns: undefined, colours }

describe('fitColumns', () => {
  it('leaves columns that fit as they are', () => {
    expect(
      fitColumns(
        [
          { width: 5, minWidth: 5 },
          { width: 9, minWidth: 3 },
        ],
        14,
      ),
    ).toEqual([5, 9])
  })

  it('shrinks the widest column first, then equals together', () => {
    const columns = [
      { width: 4, minWidth: 4 },
      { width: 40, minWidth: 5 },
      { width: 10, minWidth: 5 },
    ]
    expect(fitColumns(columns, 30)).toEqual([4, 16, 10])
    expect(fitColumns(columns, 20)).toEqual([4, 8, 8])
  })

  it('gives up where even the smallest widths do not fit', () => {
    expect(fitColumns([{ width: 10, minWidth: 8 }], 7)).toBeUndefined()
  })
})

describe('truncate', () => {
  it('counts terminal cells, not characters', () => {
    expect(truncate('千と千尋', 8)).toBe('千と千尋')
    expect(truncate('千と千尋', 7)).toBe('千と千…')
    expect(truncate('千と千尋', 6)).toBe('千と…')
    expect(truncate('👩‍👩‍👧 family', 5)).toBe('👩‍👩‍👧 f…')
    expect(truncate('abc', 0)).toBe('')
  })
})

describe('truncateMiddle', () => {
  it('keeps beginning and end', () => {
    expect(truncateMiddle('https://api.example.com/search?q=Inception', 21)).toBe('https://ap…=Inception')
    expect(truncateMiddle('千と千尋の神隠し', 8)).toBe('千と…し')
    expect(truncateMiddle('short', 8)).toBe('short')
  })
})

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

describe('renderFields', () => {
  it('continues long values below themselves on a terminal', () => {
    const fields = [{ name: 'why', value: 'an entry is stored and is younger than the TTL' }]
    expect(renderFields(fields, terminal(30))).toBe(
      'why  an entry is stored and is\n     younger than the TTL',
    )
    expect(renderFields(fields, pipe)).toBe('why  an entry is stored and is younger than the TTL')
  })

  it('breaks inside a word where it must', () => {
    expect(wrap('abcdefghijklmnopqrst uv', 10)).toEqual(['abcdefghij', 'klmnopqrst', 'uv'])
  })
})
