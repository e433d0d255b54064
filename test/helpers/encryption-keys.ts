// Keys to encrypt under.
import { createSecretKey, type KeyObject } from 'node:crypto'
import type { GivenKeys } from '../../src/stores/codec/key-ring.js'

/** A key as its setting has it: 64 hex digits, made of one or two of them. */
export function keyText(digits: string): string {
  return digits.repeat(64 / digits.length)
}

/** The keys that a store is opened under, by their digits: the present one, and others. */
export function keysOf(current: string, ...previous: readonly string[]): GivenKeys {
  const make = (digits: string): KeyObject => createSecretKey(Buffer.from(keyText(digits), 'hex'))
  return { current: make(current), previous: previous.map(make) }
}
