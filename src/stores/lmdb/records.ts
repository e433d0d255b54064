// Records in the tables: finding their heads, and putting and removing them inside a write transaction together with
// their chunks, card, place in the order of expiry and counts.
import type { EntryHead, StoreRecord, VaryNode } from '../../model/cache-entry.js'
import {
  decodeHead,
  encodeEntryHead,
  encodeVaryNode,
  type BodyPlace,
  type DecodedHead,
} from '../codec/head-codec.js'
import { isVaryNode } from '../mark-table.js'
import { readCard, writeCard, type Card } from './card.js'
import { cardKey, chunkKey, expiryKey } from './keys.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'
import { closeUnfinished, type UnfinishedBody } from './unfinished-bodies.js'

/** What LMDB itself adds per record, about, over all tables, in bytes. */
const ROW_BYTES = 96
const NOTHING = Buffer.from([0])

/** A record, or why there is none. */
export type FoundRecord =
  | { readonly state: 'whole'; readonly record: StoreRecord }
  | { readonly state: 'missing' | 'damaged' | 'newer' | 'no-lz4' }

/** A record on its way into the tables. */
export interface NewRecord {
  readonly record: EntryHead | VaryNode
  readonly body: NewBody
  readonly nowMs: number
  /** True for what another tier gave its number: it keeps that number, and the store's own goes on from it. */
  readonly isCopy?: boolean
}

/** The body of a new record: chunks that are in their table already, and sealed ones that follow them. */
export interface NewBody {
  readonly there?: UnfinishedBody | undefined
  readonly chunks: readonly Uint8Array[]
  /** How long it is without seals and compression. */
  readonly sizeBytes: number
}

/** Finds the head under a key. */
export function findHead(tables: Tables, key: Buffer): DecodedHead | { readonly state: 'missing' } {
  const sealed = tables.heads.peek(key)
  return sealed === undefined ? { state: 'missing' } : decodeHead(tables.envelope, key, sealed)
}

/** Finds a record's card. */
export function findCard(tables: Tables, key: Buffer): Card | undefined {
  const place = cardKey(key)
  const sealed = tables.cards.peek(place)
  return sealed === undefined ? undefined : readCard(tables.envelope, place, sealed)
}

/** What a record would occupy, in bytes, with what its head and the chunks of its body take. */
export function chargeOf(key: Buffer, contentBytes: number): number {
  return ROW_BYTES + key.length * 4 + contentBytes
}

/** What the chunks of a body occupy, in bytes. */
export function chunkBytesOf({ there, chunks }: NewBody): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, there?.chunkBytes ?? 0)
}

/**
 * Puts a record under the next sequence number, in place of what was there. A copy keeps the number it has; the store's own
 * is not lower then, so that whatever is marked later here is newer than every copy.
 */
export function putRecord(tables: Tables, state: StoreState, key: Buffer, fresh: NewRecord): StoreState {
  const { record, body, nowMs, isCopy = false } = fresh
  const { there, chunks, sizeBytes } = body
  const before = takeOut(tables, there === undefined ? state : closeUnfinished(tables, state, there), key)
  const sequence = Math.max(before.sequence + 1, isCopy ? record.sequence : 0)
  const number = isCopy ? record.sequence : sequence
  const chunksThere = there?.chunks ?? 0
  const place = { id: there?.number ?? sequence, chunks: chunksThere + chunks.length, sizeBytes }
  for (const [index, chunk] of chunks.entries()) {
    tables.chunks.put(chunkKey(place.id, chunksThere + index), chunk)
  }
  const head = isVaryNode(record)
    ? encodeVaryNode(tables.envelope, key, { ...record, sequence: number })
    : encodeEntryHead(tables.envelope, key, { head: { ...record, sequence: number }, place })
  tables.heads.put(key, head)
  tables.expiry.put(expiryKey(record.removeAtMs, key), NOTHING)
  const chargeBytes = chargeOf(key, head.byteLength + chunkBytesOf(body))
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
  const sealed = encodeEntryHead(tables.envelope, key, { head: { ...head, sequence }, place })
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
  tables.cards.put(place, writeCard(tables.envelope, place, card))
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

/**
 * Removes every record and every body that is still coming. The number that this takes stands in no log, so that whoever
 * follows the changes takes it that everything may have changed.
 */
export function withoutRecords(tables: Tables, state: StoreState): StoreState {
  const { heads, chunks, cards, expiry, unfinished } = tables
  for (const table of [heads, chunks, cards, expiry, unfinished]) table.clear()
  return { ...state, sequence: state.sequence + 1, entries: 0, liveBytes: 0, isEvicting: false }
}

function cardOfHead(tables: Tables, key: Buffer): Card | undefined {
  const found = findHead(tables, key)
  if (found.state !== 'whole' || found.stored.kind !== 'entry') return undefined
  const { head, place } = found.stored
  const chargeBytes = chargeOf(key, head.sizeBytes)
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
