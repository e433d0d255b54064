import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { Layout } from '../layout.js'
import { renderFields, wrap } from './fields.js'

const colours = pc.createColors(false)
const terminal = (columns: number): Layout => ({ columns, colours })
const pipe: Layout = { columns: undefined, colours }

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
