// An entry, or a vary node, as one row: the length of its sealed head, the head, and the sealed chunks of its body. One row,
// so that head and body are never of two different responses. Pure but for compression.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import { type BodyPacking, chunkCount, decodeBody, encodeBody } from '../codec/body-codec.js'
import {
  type DecodedHead,
  decodeHead,
  encodeEntryHead,
  encodeVaryNode,
  entryOf,
} from '../codec/head-codec.js'

/** What a row holds, or why there is nothing. */
export type ReadRow =
  | { readonly state: 'whole'; readonly record: StoreRecord }
  | { readonly state: 'damaged' | 'newer' | 'no-lz4' }

const LENGTH_BYTES = 4

/** Makes a row of a record. */
export async function encodeEntryRow(record: StoreRecord, packing: BodyPacking): Promise<Uint8Array> {
  const place = Buffer.from(record.key)
  if (record.kind === 'vary') return framed([encodeVaryNode(packing.envelope, place, record)])
  const bytes = record.body.bytes()
  const chunks = await encodeBody(record.bodyId, bytes, packing)
  const body = { id: 0, chunks: chunks.length, sizeBytes: bytes.byteLength }
  return framed([encodeEntryHead(packing.envelope, place, { head: record, place: body }), ...chunks])
}

/** The head of a row; undefined for vary nodes, and where it is damaged or newer. */
export function headOfRow(key: string, row: Uint8Array, packing: BodyPacking): EntryHead | undefined {
  const [sealed] = partsOf(row)
  const decoded = decodedHead(key, sealed, packing)
  return decoded.state === 'whole' && decoded.stored.kind === 'entry' ? decoded.stored.head : undefined
}

/** Reads a row; never throws. */
export function decodeEntryRow(key: string, row: Uint8Array, packing: BodyPacking): ReadRow {
  const [sealed, ...chunks] = partsOf(row)
  const decoded = decodedHead(key, sealed, packing)
  if (decoded.state !== 'whole') return decoded
  const { stored } = decoded
  if (stored.kind === 'vary') return { state: 'whole', record: stored.node }
  const { head, place } = stored
  if (chunks.length !== chunkCount(place.sizeBytes)) return { state: 'damaged' }
  const body = decodeBody(
    { bodyId: head.bodyId, sizeBytes: place.sizeBytes },
    (index) => chunks[index],
    packing,
  )
  if (body.state !== 'whole') return body
  return { state: 'whole', record: entryOf(head, new EntryBody(body.bytes)) }
}

function decodedHead(key: string, sealed: Uint8Array | undefined, { envelope }: BodyPacking): DecodedHead {
  return sealed === undefined ? { state: 'damaged' } : decodeHead(envelope, Buffer.from(key), sealed)
}

/** Parts, each after its length. */
function framed(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32LE(part.byteLength)
      return [length, part]
    }),
  )
}

/** The parts of a row; what does not add up ends it. */
function partsOf(row: Uint8Array): readonly Uint8Array[] {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength)
  const parts: Uint8Array[] = []
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const end = at + LENGTH_BYTES + bytes.readUInt32LE(at)
    if (end > bytes.length) break
    parts.push(bytes.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return parts
}
