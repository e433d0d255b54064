import { describe, expect, it } from 'vitest'
import { retryAtMs } from './retry-after.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const INSTANT_MS = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('Retry-After', () => {
  it.each([
    ['0', NOW_MS],
    ['120', NOW_MS + 120_000],
    [' 5 ', NOW_MS + 5_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', INSTANT_MS],
    ['Sunday, 06-Nov-94 08:49:37 GMT', INSTANT_MS],
    ['Sun Nov  6 08:49:37 1994', INSTANT_MS],
  ])('%s names an instant', (value, expected) => {
    expect(retryAtMs(value, NOW_MS)).toBe(expected)
  })

  it.each([[undefined], [''], ['soon'], ['-5'], ['5.5'], ['1e3'], ['2026-01-15'], ['Sunday']])(
    '%s names none',
    (value) => {
      expect(retryAtMs(value, NOW_MS)).toBeUndefined()
    },
  )
})
