// What stands in a cell: a stamp in the clear and the sealed value, with the name beside it where names are hidden. Pure.
import { randomBytes } from 'node:crypto'
import type { Cell } from '../../model/cells.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import type { Lock } from './lock.js'

/** Before each value, in the clear: changes with it, so that a script need not compare the value itself. */
export const STAMP_DIGITS = 16

/** Seals a cell under the name that shows. */
export function sealCell({ envelope, rowNames, shown: shownOf }: Lock, { name, value }: Cell): Buffer {
  const writer = createByteWriter()
  const shown = shownOf(name)
  writer.strings(rowNames().isHidden ? [value, name] : [value])
  const stamp = randomBytes(12).toString('base64url')
  return Buffer.concat([Buffer.from(stamp), envelope.seal('cell', Buffer.from(shown), writer.finish())])
}

/** Opens what stands under a name that shows; undefined where nothing does, or it is damaged. */
export function openCell({ envelope, rowNames }: Lock, shown: string, raw: unknown): Cell | undefined {
  if (!Buffer.isBuffer(raw)) return undefined
  const read = envelope.open('cell', Buffer.from(shown), raw.subarray(STAMP_DIGITS))
  if (read.state !== 'whole') return undefined
  const reader = createByteReader(read.payload)
  const [value = '', name = shown] = reader.strings(rowNames().isHidden ? 2 : 1)
  return { name, value }
}
