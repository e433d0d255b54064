import { describe, expect, it } from 'vitest'
import { MAX_DELTA_MS, deltaMs } from './delta-seconds.js'

describe('seconds', () => {
  it.each([
    ['0', 0],
    ['60', 60_000],
    ['003600', 3_600_000],
    ['2147483647', 2_147_483_647_000],
    ['2147483648', MAX_DELTA_MS],
    ['2147483649', MAX_DELTA_MS],
    ['99999999999', MAX_DELTA_MS],
    ['9'.repeat(400), MAX_DELTA_MS],
  ])('%s are %i ms', (text, expected) => {
    expect(deltaMs(text)).toBe(expected)
  })

  it.each(['', '-1', '+1', '1.0', '1e3', ' 1', '1 ', '1s', 'a1', "'1'", '0x1', '٣', '1\n'])(
    '%j are none',
    (text) => {
      expect(deltaMs(text)).toBeUndefined()
    },
  )
})
