// What stands under the key of a record: a line in the clear, which scripts read, the sealed head, and the sealed body where
// it is small, so that a hit is one GET.
//
//   C1 <number> <storedAtMs> <body id> <chunks> <bytes of the head> <bytes of the record>\n<head><body>
//
// A larger body stands in chunks under keys of its own. Pure.
import type { EntryHead, StoreRecord, VaryNode } from '../../model/cache-entry.js'
import type { Envelope } from '../codec/envelope.js'
import {
  decodeHead,
  encodeEntryHead,
  encodeVaryNode,
  type BodyPlace,
  type StoredHead,
} from '../codec/head-codec.js'

/** What the line in the clear says. */
export interface EntryLine {
  /** The number of the write. */
  readonly number: number
  /** When the body came; undefined for a vary node. */
  readonly storedAtMs: number | undefined
  /** Undefined for a vary node. */
  readonly bodyId: string | undefined
  /** How many chunks stand under keys of their own; 0 where the body stands here. */
  readonly chunks: number
  readonly headBytes: number
  /** What the record occupies with its chunks, in bytes. */
  readonly sizeBytes: number
}

/** A value taken apart. */
export interface OpenedValue {
  readonly line: EntryLine
  readonly stored: StoredHead
  /** What follows the head: the sealed body, or nothing. */
  readonly rest: Buffer
}

/** A value, or why there is none. */
export type ReadValue =
  | { readonly state: 'whole'; readonly value: OpenedValue }
  /** The bytes that were given end within the head. */
  | { readonly state: 'cut'; readonly neededBytes: number }
  | { readonly state: 'damaged' | 'newer' }

/** The longest line that there is, in bytes; scripts read so much. */
export const LINE_BYTES = 512
const LINE_END = 0x0a
const MAX_BODY_ID = 300
const LINE = /^C1 (\d+) (\S+) (\S+) (\d+) (\d+) (\d+)$/

/** What a record needs beside its head. */
export interface ValueParts {
  readonly record: StoreRecord | EntryHead
  readonly number: number
  /** How many chunks stand elsewhere, and what they occupy, in bytes. */
  readonly chunks: number
  readonly chunkBytes: number
  /** The sealed body, where it stands here. */
  readonly body: Uint8Array | undefined
  /** How long the body is without seal and compression, in bytes. */
  readonly bodyBytes: number
}

/** A value ready to be written. */
export interface WrittenValue {
  readonly line: EntryLine
  readonly bytes: Buffer
}

/**
 * Puts a value together.
 *
 * @throws RangeError where the body's id is too long
 */
export function writeValue(envelope: Envelope, parts: ValueParts): WrittenValue {
  const { record, number, chunks, chunkBytes, body, bodyBytes } = parts
  const place = Buffer.from(record.key)
  const isNode = isVary(record)
  if (!isNode && record.bodyId.length > MAX_BODY_ID) throw new RangeError('The id of a body is too long.')
  const head = isNode
    ? encodeVaryNode(envelope, place, { ...record, sequence: number })
    : encodeEntryHead(envelope, place, {
        head: { ...record, sequence: number },
        place: placeOf(chunks, bodyBytes),
      })
  const line: EntryLine = {
    number,
    storedAtMs: isNode ? undefined : record.storedAtMs,
    bodyId: isNode ? undefined : record.bodyId,
    chunks,
    headBytes: head.byteLength,
    sizeBytes: place.byteLength * 4 + head.byteLength + (body?.byteLength ?? 0) + chunkBytes,
  }
  return {
    line,
    bytes: Buffer.concat([Buffer.from(lineText(line)), head, ...(body === undefined ? [] : [body])]),
  }
}

/** The line as it is written. */
export function lineText({ number, storedAtMs, bodyId, chunks, headBytes, sizeBytes }: EntryLine): string {
  const id = bodyId === undefined ? '-' : idText(bodyId)
  return `C1 ${number} ${storedAtMs ?? '-'} ${id} ${chunks} ${headBytes} ${sizeBytes}\n`
}

/** The id of a body as it stands in the line. */
export function idText(bodyId: string): string {
  return `=${encodeURIComponent(bodyId)}`
}

/** Reads the line at the beginning of a value; undefined where there is none. */
export function readLine(bytes: Buffer): EntryLine | undefined {
  const end = bytes.subarray(0, LINE_BYTES).indexOf(LINE_END)
  const [, number = '', storedAt = '', id = '', chunks = '', headBytes = '', sizeBytes = ''] =
    LINE.exec(bytes.toString('latin1', 0, Math.max(0, end))) ?? []
  if (number === '') return undefined
  return {
    number: Number(number),
    storedAtMs: storedAt === '-' ? undefined : Number(storedAt),
    bodyId: id === '-' ? undefined : decodedId(id.slice(1)),
    chunks: Number(chunks),
    headBytes: Number(headBytes),
    sizeBytes: Number(sizeBytes),
  }
}

/** Takes a value apart; never throws for a bad one. */
export function readValue(envelope: Envelope, key: string, bytes: Buffer): ReadValue {
  const line = readLine(bytes)
  if (line === undefined) return { state: 'damaged' }
  const headAt = bytes.indexOf(LINE_END) + 1
  const bodyAt = headAt + line.headBytes
  if (bodyAt > bytes.byteLength) return { state: 'cut', neededBytes: bodyAt }
  const head = decodeHead(envelope, Buffer.from(key), bytes.subarray(headAt, bodyAt))
  if (head.state !== 'whole') return head
  return { state: 'whole', value: { line, stored: head.stored, rest: bytes.subarray(bodyAt) } }
}

/** Where the body of an entry stands: 0 for here, 1 for chunks under keys of their own. */
function placeOf(chunks: number, sizeBytes: number): BodyPlace {
  return { id: chunks === 0 ? 0 : 1, chunks, sizeBytes }
}

function decodedId(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function isVary(record: StoreRecord | EntryHead): record is VaryNode {
  return 'kind' in record && record.kind === 'vary'
}
