// Marks as they stand in the hash of marks and in the log of changes: a number that the server gave, and sealed, what they are
// about. Pure.
import type { Mark, MarkScope } from '../../model/mark.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import type { Envelope } from '../codec/envelope.js'
import type { RowNames } from '../codec/row-names.js'
import { markId, scopeOf } from '../mark-table.js'

/** What a mark is about. */
export type MarkContent = Pick<Mark, 'scope' | 'atMs' | 'isSoft'>

const ID_DIGITS = 32

/** The same 32 digits for the same scope and kind. */
export function markRowId(names: RowNames, { scope, isSoft }: Pick<Mark, 'scope' | 'isSoft'>): string {
  return names.digest(markId(scope, isSoft)).toString('hex')
}

/** Seals a mark under its id. */
export function sealMark(envelope: Envelope, id: string, { scope, atMs, isSoft }: MarkContent): Buffer {
  const writer = createByteWriter()
  writer.float64(atMs)
  writer.byte(isSoft ? 1 : 0)
  writer.strings([JSON.stringify(scope)])
  return Buffer.from(envelope.seal('mark', Buffer.from(id), writer.finish()))
}

/** A mark out of the log of changes, `id sealed`; undefined where it is damaged. */
export function markFromLog(envelope: Envelope, payload: Buffer, sequence: number): Mark | undefined {
  const id = payload.toString('latin1', 0, ID_DIGITS)
  return openMark(envelope, { id, sealed: payload.subarray(ID_DIGITS + 1), sequence })
}

/** A mark out of its row, `number sealed`; undefined where it is damaged. */
export function markFromRow(envelope: Envelope, id: string, row: Buffer): Mark | undefined {
  const end = row.indexOf(0x20)
  const sequence = Number(row.toString('latin1', 0, Math.max(0, end)))
  return openMark(envelope, { id, sealed: row.subarray(end + 1), sequence })
}

interface SealedMark {
  readonly id: string
  readonly sealed: Uint8Array
  readonly sequence: number
}

function openMark(envelope: Envelope, { id, sealed, sequence }: SealedMark): Mark | undefined {
  const opened = envelope.open('mark', Buffer.from(id), sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  const atMs = reader.float64()
  const isSoft = reader.byte() === 1
  const scope = JSON.parse(reader.strings(1)[0] ?? '{}') as MarkScope
  return { scope: scopeOf(scope), sequence, atMs, isSoft }
}
