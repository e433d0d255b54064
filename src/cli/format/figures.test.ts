import { describe, expect, it } from 'vitest'
import { formatBar, formatBytes, formatCount, formatPercent } from './figures.js'

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [1_023, '1 KB'],
    [2_340, '2.3 KB'],
    [64 * 1_024 ** 2, '64 MB'],
    [1.5 * 1_024 ** 4, '1.5 TB'],
    [40_000 * 1_024 ** 4, '40000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('groups thousands and keeps one decimal of a percentage', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect(formatCount(999)).toBe('999')
    expect(formatPercent(83.333)).toBe('83.3 %')
  })

  it('a bar has its line at 40 % and is filled to the percentage', () => {
    expect(formatBar(0, 10)).toBe('····│·····')
    expect(formatBar(60, 10)).toBe('████│█····')
    expect(formatBar(140, 10)).toBe('████│█████')
  })
})
