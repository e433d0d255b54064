import { describe, expect, it } from 'vitest'
import { RememberedKeys } from './remembered-keys.js'

function createMemory(): RememberedKeys {
  const memory = new RememberedKeys()
  memory.growTo(16)
  return memory
}

describe('remembered keys', () => {
  it('are found by their hash, with their last use and their uses', () => {
    const memory = createMemory()
    memory.remember(0x12345678, 77, 254)
    const place = memory.placeOf(0x12345678)
    expect(memory.has(place, 0x12345678)).toBe(true)
    expect([memory.usedAt(place), memory.uses(place)]).toEqual([77, 254])
  })

  it('are told apart where they share a place, and the later one stays', () => {
    const memory = createMemory()
    memory.remember(0x00000103, 1, 0)
    const place = memory.placeOf(0x7f000103)
    expect(place).toBe(memory.placeOf(0x00000103))
    expect([memory.has(place, 0x7f000103), memory.isEmpty(place)]).toEqual([false, false])
    memory.remember(0x7f000103, 2, 3)
    expect([memory.has(place, 0x7f000103), memory.has(place, 0x00000103)]).toEqual([true, false])
  })

  it('are gone once forgotten', () => {
    const memory = createMemory()
    memory.remember(-5, 9, 0)
    memory.forget(memory.placeOf(-5))
    expect([memory.has(memory.placeOf(-5), -5), memory.isEmpty(memory.placeOf(-5))]).toEqual([false, true])
  })

  it('are nowhere at first, not even the one with hash 0', () => {
    const memory = createMemory()
    expect([memory.has(memory.placeOf(0), 0), memory.isEmpty(memory.placeOf(0))]).toEqual([false, true])
  })

  it('have as many places as were asked for, to the next power of two', () => {
    const memory = new RememberedKeys()
    memory.growTo(20)
    expect(new Set(Array.from({ length: 100 }, (_, hash) => memory.placeOf(hash))).size).toBe(32)
  })
})
