import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { textHash } from './text-hash.js'

function digest(index: number): string {
  return createHash('sha256').update(`${index}`).digest('hex').slice(0, 32)
}

describe('textHash', () => {
  it('seldom gives two digests the same number', () => {
    const hashes = new Set(Array.from({ length: 20_000 }, (_, index) => textHash(digest(index))))
    expect(hashes.size).toBeGreaterThan(19_900)
  })

  it('spreads digests evenly over the low bits', () => {
    const counts = new Array<number>(64).fill(0)
    for (let index = 0; index < 64_000; index += 1) counts[textHash(digest(index)) & 63]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(Math.max(...counts)).toBeLessThan(1_200)
  })

  it('takes texts of any length and any character', () => {
    expect(new Set(['', 'a', 'b', 'ab', 'ba', 'k1', 'k2', 'é', '…']).size).toBe(9)
    expect(new Set(['', 'a', 'b', 'ab', 'ba', 'k1', 'k2', 'é', '…'].map(textHash)).size).toBe(9)
  })
})
