import { describe, expect, it } from 'vitest'
import { formatDuration, formatInstant, formatRelative } from './duration.js'

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
