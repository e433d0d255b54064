import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { cellWidth } from './cell-width.js'

describe('cellWidth', () => {
  it('agrees with the general answer on every character of the short way', () => {
    for (let code = 0x20; code < 0x2600; code += 1) {
      const character = String.fromCodePoint(code)
      expect(`${code}: ${cellWidth(character)}`).toBe(`${code}: ${stringWidth(character)}`)
    }
  })

  it('counts wide characters as two', () => {
    expect(cellWidth('千と千尋')).toBe(8)
    expect(cellWidth('Amélie – 4 µs │█·')).toBe(17)
    expect(cellWidth('👩‍👩‍👧')).toBe(2)
  })
})
