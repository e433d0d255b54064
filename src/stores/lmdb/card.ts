// A record's index card: what replacing, evicting and cleaning need to know without reading its head.
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import type { Envelope } from '../codec/envelope.js'

/** What a card says. */
export interface Card {
  /** The number of the record's last write. */
  readonly sequence: number
  /** What the chunks of its body are filed under, and how many they are. */
  readonly bodyNumber: number
  readonly chunks: number
  /** What the record occupies in all tables, in bytes. */
  readonly chargeBytes: number
  readonly removeAtMs: number
  /** Seconds since the epoch, true to about a minute. */
  readonly usedAtSeconds: number
}

/** Writes a card for the table of cards. */
export function writeCard(envelope: Envelope, storeKey: Uint8Array, card: Card): Uint8Array {
  const writer = createByteWriter()
  writer.integer(card.sequence)
  writer.integer(card.bodyNumber)
  writer.integer(card.chunks)
  writer.integer(card.chargeBytes)
  writer.float64(card.removeAtMs)
  writer.integer(card.usedAtSeconds)
  return envelope.seal('card', storeKey, writer.finish())
}

/** Reads a card; undefined where it is damaged. */
export function readCard(envelope: Envelope, storeKey: Uint8Array, sealed: Uint8Array): Card | undefined {
  const opened = envelope.open('card', storeKey, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  return {
    sequence: reader.integer(),
    bodyNumber: reader.integer(),
    chunks: reader.integer(),
    chargeBytes: reader.integer(),
    removeAtMs: reader.float64(),
    usedAtSeconds: reader.integer(),
  }
}
