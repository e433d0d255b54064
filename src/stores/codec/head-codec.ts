// Heads of entries and vary nodes, to bytes and back. Pure.
import type { CacheEntry, EntryHead, VaryNode } from '../../model/cache-entry.js'
import type { EntryBody } from '../../model/entry-body.js'
import { createByteReader } from './byte-reader.js'
import { createByteWriter } from './byte-writer.js'
import { claimedKind, type Envelope, type Opened } from './envelope.js'

/** Where the body of an entry stands in a store. */
export interface BodyPlace {
  /** What the store files the chunks under. */
  readonly id: number
  readonly chunks: number
  /** How long the stored bytes are, decompressed; JSON that was parsed and serialised anew differs from the origin's. */
  readonly sizeBytes: number
}

/** What is stored under a key: an entry's head with the way to its body, or a vary node. */
export type StoredHead =
  | { readonly kind: 'entry'; readonly head: EntryHead; readonly place: BodyPlace }
  | { readonly kind: 'vary'; readonly node: VaryNode }

/** A head, or why there is none. */
export type DecodedHead =
  { readonly state: 'whole'; readonly stored: StoredHead } | Exclude<Opened, { readonly state: 'whole' }>

const HAS_CALL_TTL = 1
const SAME_URLS = 2
/** Set where the initial age stands after everything else; without it, as before there was one, it is 0. */
const HAS_INITIAL_AGE = 4

/** Encodes an entry's head. */
export function encodeEntryHead(
  envelope: Envelope,
  storeKey: Uint8Array,
  { head, place }: { readonly head: EntryHead; readonly place: BodyPlace },
): Uint8Array {
  const writer = createByteWriter()
  const hasSameUrls = head.url === head.purgeUrl
  const hasInitialAge = head.initialAgeMs > 0
  writer.byte(
    (head.hasCallTtl ? HAS_CALL_TTL : 0) |
      (hasSameUrls ? SAME_URLS : 0) |
      (hasInitialAge ? HAS_INITIAL_AGE : 0),
  )
  writer.integer(place.id)
  writer.integer(place.chunks)
  writer.integer(place.sizeBytes)
  writer.integer(head.sequence)
  writer.integer(head.status)
  writer.integer(head.sizeBytes)
  writer.float64(head.storedAtMs)
  writer.float64(head.confirmedAtMs)
  writer.float64(head.staleAtMs)
  writer.float64(head.removeAtMs)
  writer.float64(head.originMs)
  writer.integer(head.headers.length)
  writer.integer(head.tags.length)
  writer.strings([
    head.key,
    head.service,
    head.method,
    head.bodyId,
    head.url,
    hasSameUrls ? '' : head.purgeUrl,
    ...head.headers.flat(),
    ...head.tags,
  ])
  if (hasInitialAge) writer.float64(head.initialAgeMs)
  return envelope.seal('entry', storeKey, writer.finish())
}

/** Encodes a vary node. */
export function encodeVaryNode(envelope: Envelope, storeKey: Uint8Array, node: VaryNode): Uint8Array {
  const writer = createByteWriter()
  writer.integer(node.sequence)
  writer.float64(node.removeAtMs)
  writer.integer(node.names.length)
  writer.strings([node.key, ...node.names])
  return envelope.seal('vary', storeKey, writer.finish())
}

/** Decodes either; never throws. */
export function decodeHead(envelope: Envelope, storeKey: Uint8Array, sealed: Uint8Array): DecodedHead {
  const kind = claimedKind(sealed) === 'vary' ? 'vary' : 'entry'
  const opened = envelope.open(kind, storeKey, sealed)
  if (opened.state !== 'whole') return opened
  try {
    const stored = kind === 'vary' ? readVaryNode(opened.payload) : readEntryHead(opened.payload)
    return { state: 'whole', stored }
  } catch (error) {
    if (error instanceof RangeError) return { state: 'damaged' }
    throw error
  }
}

/** An entry out of its head and its body. Field by field: a spread of so many costs more than decoding them did. */
export function entryOf(head: EntryHead, body: EntryBody): CacheEntry {
  return {
    kind: 'entry',
    key: head.key,
    service: head.service,
    method: head.method,
    url: head.url,
    purgeUrl: head.purgeUrl,
    status: head.status,
    headers: head.headers,
    storedAtMs: head.storedAtMs,
    confirmedAtMs: head.confirmedAtMs,
    initialAgeMs: head.initialAgeMs,
    staleAtMs: head.staleAtMs,
    removeAtMs: head.removeAtMs,
    tags: head.tags,
    hasCallTtl: head.hasCallTtl,
    originMs: head.originMs,
    sizeBytes: head.sizeBytes,
    bodyId: head.bodyId,
    sequence: head.sequence,
    body,
  }
}

function readEntryHead(payload: Uint8Array): StoredHead {
  const reader = createByteReader(payload)
  const flags = reader.byte()
  const place = { id: reader.integer(), chunks: reader.integer(), sizeBytes: reader.integer() }
  const sequence = reader.integer()
  const status = reader.integer()
  const sizeBytes = reader.integer()
  const storedAtMs = reader.float64()
  const confirmedAtMs = reader.float64()
  const staleAtMs = reader.float64()
  const removeAtMs = reader.float64()
  const originMs = reader.float64()
  const headerCount = reader.integer()
  const tagCount = reader.integer()
  const texts = reader.strings(6 + headerCount * 2 + tagCount)
  const [key = '', service = '', method = '', bodyId = '', url = '', purgeUrl = ''] = texts
  const initialAgeMs = (flags & HAS_INITIAL_AGE) === 0 ? 0 : reader.float64()
  const headers: [string, string][] = []
  for (let at = 6; at < 6 + headerCount * 2; at += 2) headers.push([texts[at] ?? '', texts[at + 1] ?? ''])
  const head: EntryHead = {
    key,
    service,
    method,
    url,
    purgeUrl: (flags & SAME_URLS) === 0 ? purgeUrl : url,
    status,
    headers,
    storedAtMs,
    confirmedAtMs,
    initialAgeMs,
    staleAtMs,
    removeAtMs,
    tags: texts.slice(6 + headerCount * 2),
    hasCallTtl: (flags & HAS_CALL_TTL) !== 0,
    originMs,
    sizeBytes,
    bodyId,
    sequence,
  }
  return { kind: 'entry', head, place }
}

function readVaryNode(payload: Uint8Array): StoredHead {
  const reader = createByteReader(payload)
  const sequence = reader.integer()
  const removeAtMs = reader.float64()
  const count = reader.integer()
  const [key = '', ...names] = reader.strings(count + 1)
  return { kind: 'vary', node: { kind: 'vary', key, names, removeAtMs, sequence } }
}
