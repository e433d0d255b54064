import { describe, expect, it } from 'vitest'
import { keysOf, keyText } from '../../../test/helpers/encryption-keys.js'
import { createEnvelope } from './envelope.js'
import { checkKeys, followCheck, wasRotated } from './key-check.js'
import type { KeyRing } from './key-ring.js'

/** A store's check after each of these keys was given with the one before it. */
function checkAfter(...digits: readonly string[]): Uint8Array {
  let check: Uint8Array | undefined
  digits.forEach((digit, index) => {
    const checked = checkKeys(keysOf(digit, ...digits.slice(0, index)), check)
    if (!('check' in checked)) throw new Error(`it was ${checked.state}`)
    check = checked.check
  })
  return check ?? new Uint8Array()
}

function keysFor(check: Uint8Array, ...digits: readonly [string, ...string[]]): KeyRing {
  const checked = checkKeys(keysOf(...digits), check)
  if (!('keys' in checked)) throw new Error(`it was ${checked.state}`)
  return checked.keys
}

const place = Buffer.from('place')
const isReadBy = (reader: KeyRing, writer: KeyRing): boolean =>
  createEnvelope(reader).open('entry', place, createEnvelope(writer).seal('entry', place, place)).state ===
  'whole'

describe('key check', () => {
  it('a store without one is plain without keys, and begun with them', () => {
    expect(checkKeys(undefined, undefined)).toEqual({ state: 'plain' })
    expect(checkKeys(keysOf('a'), undefined)).toMatchObject({ state: 'begun' })
  })

  it('the same key opens the store again, for processes that read each other', () => {
    const check = checkAfter('a')
    expect(checkKeys(keysOf('a'), check).state).toBe('known')
    expect(isReadBy(keysFor(check, 'a'), keysFor(check, 'a'))).toBe(true)
  })

  it('without a key, or under another one, the store is refused', () => {
    const check = checkAfter('a')
    expect(checkKeys(undefined, check)).toEqual({ state: 'refused', because: 'key-missing' })
    expect(checkKeys(keysOf('b'), check)).toEqual({ state: 'refused', because: 'wrong-key' })
    expect(checkKeys(keysOf('b', 'c'), check)).toEqual({ state: 'refused', because: 'wrong-key' })
  })

  it('a new key beside the present one takes its place, and the old one alone opens nothing any more', () => {
    const check = checkAfter('a', 'b')
    expect(checkKeys(keysOf('b', 'a'), check).state).toBe('known')
    expect(checkKeys(keysOf('b'), check).state).toBe('known')
    expect(checkKeys(keysOf('a'), check)).toEqual({ state: 'refused', because: 'wrong-key' })
    expect([wasRotated(checkAfter('a')), wasRotated(check)]).toEqual([false, true])
  })

  it('with the new key as an other one, the store is written under the new key all the same', () => {
    const check = checkAfter('a', 'b')
    expect(checkKeys(keysOf('a', 'b'), check).state).toBe('known')
    expect(isReadBy(keysFor(check, 'b'), keysFor(check, 'a', 'b'))).toBe(true)
  })

  it('a process follows to a key that it has, and does not where it has not', () => {
    const before = checkAfter('a')
    const [has, hasNot] = [keysFor(before, 'a', 'b'), keysFor(before, 'a')]
    const rotated = checkKeys(keysOf('b', 'a'), before)
    const check = 'check' in rotated ? rotated.check : undefined
    expect([followCheck(has, check), followCheck(hasNot, check)]).toEqual([true, false])
    expect(isReadBy(keysFor(check!, 'b'), has)).toBe(true)
  })

  it('one that is gone, or has come, is not followed', () => {
    const check = checkAfter('a')
    const keys = keysFor(check, 'a')
    expect(followCheck(keys, undefined)).toBe(false)
    expect(followCheck(keys, Buffer.from('oops'))).toBe(false)
    expect(followCheck(undefined, check)).toBe(false)
    expect(followCheck(undefined, undefined)).toBe(true)
  })

  it('any byte altered, and any cut, is damage; a newer form is told from it', () => {
    const check = checkAfter('a')
    for (let index = 0; index < check.byteLength; index += 1) {
      const altered = Uint8Array.from(check)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(checkKeys(keysOf('a'), altered)).toEqual({ state: 'refused', because: 'damaged-check' })
      expect(checkKeys(keysOf('a'), check.subarray(0, index)).state).toBe('refused')
    }
    const noCheck = createEnvelope().seal('key-check', Buffer.from('key-check'), Buffer.from([9, 1]))
    expect(checkKeys(keysOf('a'), noCheck)).toEqual({ state: 'refused', because: 'damaged-check' })
  })

  it('many rotations keep it small, and the last key opens it', () => {
    const keys = Array.from({ length: 40 }, (_, index) => String(index + 10))
    let check: Uint8Array | undefined
    for (const [index, digits] of keys.entries()) {
      const checked = checkKeys(keysOf(digits, ...keys.slice(Math.max(0, index - 1), index)), check)
      if ('check' in checked) check = checked.check
    }
    expect(check?.byteLength).toBeLessThan(1_300)
    expect(['49', '48'].map((digits) => checkKeys(keysOf(digits), check).state)).toEqual(['known', 'refused'])
  })

  it('tells nothing of the key, and stores under one key tell nothing of each other', () => {
    const [first, second] = [checkAfter('a'), checkAfter('a')]
    expect(Buffer.from(first).includes(Buffer.from(keyText('a'), 'hex').subarray(0, 8))).toBe(false)
    expect(Buffer.from(first).includes(keyText('a').slice(0, 16))).toBe(false)
    expect(isReadBy(keysFor(first, 'a'), keysFor(second, 'a'))).toBe(false)
  })
})
