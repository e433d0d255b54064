import { describe, expect, it } from 'vitest'
import { printable } from './printable.js'

describe('printable', () => {
  it('takes the power over the terminal from text', () => {
    expect(printable('a\u001b[2Jb\u009bc\u202ed')).toBe('a?[2Jb?c?d')
    expect(printable('a\nb\tc')).toBe('a\nb\tc')
    expect(printable('a\nb', 'line')).toBe('a?b')
    expect(printable('Amélie, 千と千尋')).toBe('Amélie, 千と千尋')
  })
})
