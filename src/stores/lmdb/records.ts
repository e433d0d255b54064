// Records in the tables: reading them, and putting and removing them inside a write transaction together with their
// chunks, card, place in the order of expiry and counts.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import { decodeBody } from '../codec/body-codec.js'
import {
  decodeHead,
  encodeEntryHead,
  encodeVaryNode,
  type BodyPlace,
  type DecodedHead,
} from '../codec/head-codec.js'
import type { Lz4 } from '../codec/lz4.js'
import { readCard, writeCard, type Card } from './card.js'
import { cardKey, chunkKey, expiryKey } from './keys.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'

/** What LMDB itself adds per record, about, over all tables, in bytes. */
const ROW_BYTES = 96
const NOTHING = Buffer.from([0])

/** A record, or why there is none. */
export type FoundRecord =
  | { readonly state: 'whole'; readonly record: StoreRecord }
  | { readonly state: 'missing' | 'damaged' | 'newer' | 'no-lz4' }

/** A record on its way into the tables. */
export interface NewRecord {
  readonly record: StoreRecord
  /** The sealed chunks of its body, and how long it is without seals and compression. */
  readonly chunks: readonly Uint8Array[]
  readonly bodyBytes: number
  readonly nowMs: number
}

/** Finds the head under a key. */
export function findHead(tables: Tables, key: Buffer): DecodedHead | { readonly state: 'missing' } {
  const sealed = tables.heads.peek(key)
  return sealed === undefined ? { state: 'missing' } : decodeHead(key, sealed)
}

/** Finds a record with its whole body. */
export function findRecord(tables: Tables, key: Buffer, lz4: Lz4 | undefined): FoundRecord {
  const found = findHead(tables, key)
  if (found.state !== 'whole') return found
  if (found.stored.kind === 'vary') return { state: 'whole', record: found.stored.node }
  const { head, place } = found.stored
  const identity = { bodyId: head.bodyId, sizeBytes: place.sizeBytes }
  const body = decodeBody(identity, (index) => tables.chunks.peek(chunkKey(place.id, index)), lz4)
  if (body.state !== 'whole') return body
  return { state: 'whole', record: { kind: 'entry', ...head, body: new EntryBody(body.bytes) } }
}

/** Finds a record's card. */
export function findCard(tables: Tables, key: Buffer): Card | undefined {
  const place = cardKey(key)
  const sealed = tables.cards.peek(place)
  return sealed === undefined ? undefined : readCard(place, sealed)
}

/** What a record would occupy, in bytes, give or take its head's compact form. */
export function chargeOf(key: Buffer, headBytes: number, chunks: readonly Uint8Array[]): number {
  const bodyBytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  return ROW_BYTES + key.length * 4 + headBytes + bodyBytes
}

/** Puts a record under the next sequence number, in place of what was there. */
export function putRecord(tables: Tables, state: StoreState, key: Buffer, fresh: NewRecord): StoreState {
  const { record, chunks, bodyBytes, nowMs } = fresh
  const before = takeOut(tables, state, key)
  const sequence = before.sequence + 1
  const place = { id: sequence, chunks: chunks.length, sizeBytes: bodyBytes }
  for (const [index, chunk] of chunks.entries()) tables.chunks.put(chunkKey(place.id, index), chunk)
  const head =
    record.kind === 'entry'
      ? encodeEntryHead(key, { ...record, sequence }, place)
      : encodeVaryNode(key, { ...record, sequence })
  tables.heads.put(key, head)
  tables.expiry.put(expiryKey(record.removeAtMs, key), NOTHING)
  const chargeBytes = chargeOf(key, head.byteLength, chunks)
  putCard(tables, key, {
    sequence,
    bodyNumber: place.id,
    chunks: place.chunks,
    chargeBytes,
    removeAtMs: record.removeAtMs,
    usedAtSeconds: secondsOf(nowMs),
  })
  return {
    ...before,
    sequence,
    entries: before.entries + 1,
    liveBytes: before.liveBytes + chargeBytes,
  }
}

/** Puts a new head before the body that is there, under the next sequence number. */
export function replaceHead(
  tables: Tables,
  state: StoreState,
  key: Buffer,
  { head, place, nowMs }: { readonly head: EntryHead; readonly place: BodyPlace; readonly nowMs: number },
): StoreState {
  const sequence = state.sequence + 1
  const known = findCard(tables, key) ?? cardOfHead(tables, key)
  const oldHeadBytes = tables.heads.peek(key)?.byteLength ?? 0
  const sealed = encodeEntryHead(key, { ...head, sequence }, place)
  tables.heads.put(key, sealed)
  if (known !== undefined) tables.expiry.remove(expiryKey(known.removeAtMs, key))
  tables.expiry.put(expiryKey(head.removeAtMs, key), NOTHING)
  const grownBytes = sealed.byteLength - oldHeadBytes
  putCard(tables, key, {
    sequence,
    bodyNumber: place.id,
    chunks: place.chunks,
    chargeBytes: Math.max(0, (known?.chargeBytes ?? 0) + grownBytes),
    removeAtMs: head.removeAtMs,
    usedAtSeconds: secondsOf(nowMs),
  })
  return { ...state, sequence, liveBytes: Math.max(0, state.liveBytes + grownBytes) }
}

/** Writes a record's card. */
export function putCard(tables: Tables, key: Buffer, card: Card): void {
  const place = cardKey(key)
  tables.cards.put(place, writeCard(place, card))
}

/** Takes a record out of all tables; the sequence stays. Its counts go by its card, or by its head without one. */
export function takeOut(tables: Tables, state: StoreState, key: Buffer): StoreState {
  const card = findCard(tables, key) ?? cardOfHead(tables, key)
  const hasHead = tables.heads.peek(key) !== undefined
  if (card === undefined && !hasHead) return state
  tables.heads.remove(key)
  tables.cards.remove(cardKey(key))
  if (card !== undefined) {
    tables.expiry.remove(expiryKey(card.removeAtMs, key))
    for (let index = 0; index < card.chunks; index += 1) {
      tables.chunks.remove(chunkKey(card.bodyNumber, index))
    }
  }
  return {
    ...state,
    entries: state.entries - 1,
    liveBytes: Math.max(0, state.liveBytes - (card?.chargeBytes ?? 0)),
  }
}

function cardOfHead(tables: Tables, key: Buffer): Card | undefined {
  const found = findHead(tables, key)
  if (found.state !== 'whole' || found.stored.kind !== 'entry') return undefined
  const { head, place } = found.stored
  const chargeBytes = chargeOf(key, 0, []) + head.sizeBytes
  return {
    sequence: head.sequence,
    bodyNumber: place.id,
    chunks: place.chunks,
    chargeBytes,
    removeAtMs: head.removeAtMs,
    usedAtSeconds: 0,
  }
}

function secondsOf(nowMs: number): number {
  return Math.max(0, Math.floor(nowMs / 1_000))
}
