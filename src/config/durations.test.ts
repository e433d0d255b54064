import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDuration, readPositiveDuration } from './durations.js'
import { readSize } from './sizes.js'

const NEVER = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  '',
  ' ',
  'abc',
  '-1s',
  '1e3s',
  'Infinity',
  null,
  undefined,
  true,
  {},
  [],
]

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['6h', 21_600_000],
    ['7d', 604_800_000],
    ['0.5h', 1_800_000],
    ['0s', 0],
    [0, 0],
    [1_500, 1_500],
  ])('%j is %i ms', (value, expected) => {
    expect(readDuration(value)).toBe(expected)
  })

  it.each([
    ...NEVER,
    '6',
    '6 h',
    ' 6h',
    '6H',
    '6hours',
    '.5h',
    '5.h',
    '1_000ms',
    '1w',
    `${'9'.repeat(400)}d`,
  ])('%j is none', (value) => {
    expect(readDuration(value)).toBeUndefined()
    expect(readPositiveDuration(value)).toBeUndefined()
  })

  it.each([0, -0, '0s', '0.0h'])('%j takes no time', (value) => {
    expect(readPositiveDuration(value)).toBeUndefined()
  })

  it('that is read is finite and 0 or more, whatever was written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.stringMatching(/^[\d.]{1,4}(ms|s|m|h|d)$/)), (value) => {
        const durationMs = readDuration(value) ?? 0
        expect(Number.isFinite(durationMs) && durationMs >= 0).toBe(true)
      }),
    )
  })
})

describe('a size', () => {
  it.each([
    ['1B', 1],
    ['32KB', 32_768],
    ['64MB', 67_108_864],
    ['1GB', 1_073_741_824],
    ['1.5KB', 1_536],
    [1, 1],
    [10.9, 10],
  ])('%j is %i bytes', (value, expected) => {
    expect(readSize(value)).toBe(expected)
  })

  it.each([...NEVER, 0, 0.5, '0MB', '64', '64mb', '64 MB', '64M', '1TB'])('%j is none', (value) => {
    expect(readSize(value)).toBeUndefined()
  })
})
