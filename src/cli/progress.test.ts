import { describe, expect, it } from 'vitest'
import { progressText } from './progress.js'

describe('progressText', () => {
  it('tells how much is done, the rate, and the time left', () => {
    expect(progressText(120, 500, 3_750)).toBe('120/500  32/s  12 s left')
    expect(progressText(1, 10, 2_000)).toBe('1/10  0.5/s  18 s left')
    expect(progressText(0, 10, 2_000)).toBe('0/10')
  })
})
