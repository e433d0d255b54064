import { describe, expect, it } from 'vitest'
import { formatDuration, formatInstant, formatRelative } from './duration.js'
import { formatBar, formatBytes, formatCount, formatPercent } from './figures.js'
import { printable } from './printable.js'
import { sparkline } from './sparkline.js'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0004, '1 µs'],
    [0.34, '340 µs'],
    [1, '1 ms'],
    [1.25, '1.3 ms'],
    [12, '12 ms'],
    [999.4, '999 ms'],
    [999.9, '1 s'],
    [1_200, '1.2 s'],
    [12_000, '12 s'],
    [59_999, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [21_420_000, '5 h 57 min'],
    [7 * 86_400_000, '7 d'],
    [-5, '0 ms'],
    [Infinity, 'for ever'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('formatRelative', () => {
  it('says ago, in, or now', () => {
    expect(formatRelative(0, 1_200_000)).toBe('20 min ago')
    expect(formatRelative(3_600_000, 0)).toBe('in 1 h')
    expect(formatRelative(500, 0)).toBe('now')
  })
})

describe('formatInstant', () => {
  it('shows instants that never come as never', () => {
    expect(formatInstant(Infinity)).toBe('never')
    expect(formatInstant(9e15)).toBe('never')
  })

  it('shows date and time in the local zone', () => {
    const atMs = new Date(2026, 0, 5, 7, 8, 9).getTime()
    expect(formatInstant(atMs)).toBe('2026-01-05 07:08:09')
  })
})

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999.6, '1 kB'],
    [2_340, '2.3 kB'],
    [64_000_000, '64 MB'],
    [1.5e12, '1.5 TB'],
    [4e16, '40000 TB'],
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

describe('sparkline', () => {
  it('scales to the largest value and draws little differently from nothing', () => {
    expect(sparkline([0, 1, 4, 8])).toBe('▁▂▄█')
    expect(sparkline([0, 1, 1_000])).toBe('▁▂█')
  })

  it('leaves a gap where there is nothing to tell', () => {
    expect(sparkline([undefined, 50, 100], 100)).toBe(' ▄█')
    expect(sparkline([])).toBe('')
    expect(sparkline([0, 0])).toBe('▁▁')
  })
})

describe('printable', () => {
  it('takes the power over the terminal from text', () => {
    expect(printable('a\u001b[2Jb\u009bc\u202ed')).toBe('a?[2Jb?c?d')
    expect(printable('a\nb\tc')).toBe('a\nb\tc')
    expect(printable('a\nb', 'line')).toBe('a?b')
    expect(printable('Amélie, 千と千尋')).toBe('Amélie, 千と千尋')
  })
})
