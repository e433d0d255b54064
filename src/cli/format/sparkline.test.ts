import { describe, expect, it } from 'vitest'
import { sparkline } from './sparkline.js'

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
