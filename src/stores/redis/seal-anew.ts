// Takes what must outlive an old key over to the present one: marks, cells and the names of services. Entries and bodies stay
// under the old key until they are replaced or expire. Whoever opens the store goes on where another one ended.
import { claimedKeyId, type Envelope, type Kind } from '../codec/envelope.js'
import { STAMP_DIGITS } from './cell-row.js'
import type { KeyNames } from './key-names.js'
import type { NodeClient } from './link/node-client.js'
import { callScript } from './link/script.js'
import { EXCHANGE, EXCHANGE_FIELDS } from './lock-scripts.js'

/** What sealing anew takes. */
export interface SealAnewParts {
  readonly talk: NodeClient
  readonly names: KeyNames
  readonly envelope: Envelope
  /** Of the present key. */
  readonly keyId: number
}

const AT_ONCE = 200
const SPACE = 0x20

/** A row in which something is sealed. */
interface Row {
  /** What the record is bound to. */
  readonly place: string
  readonly bytes: Buffer
  /** Where the sealed part begins. */
  readonly from: number
}

/** Seals anew; what cannot be opened stays as it is, and so does what others change meanwhile. */
export async function sealAnew(parts: SealAnewParts): Promise<void> {
  const { names } = parts
  await sealFields(parts, { hash: names.marks, kind: 'mark', from: (row) => row.indexOf(SPACE) + 1 })
  await sealFields(parts, { hash: names.ledgerServices, kind: 'tallies', from: () => 0 })
  await sealCells(parts)
}

interface SealedHash {
  readonly hash: string
  readonly kind: Kind
  readonly from: (row: Buffer) => number
}

async function sealFields(parts: SealAnewParts, { hash, kind, from }: SealedHash): Promise<void> {
  const { talk } = parts
  const reply = (await talk.send(['HGETALL', hash])) as readonly Buffer[]
  const args: (string | Buffer)[] = []
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const [place, bytes] = [String(reply[at]), reply[at + 1]]
    const after = bytes && sealedAnew(parts, kind, { place, bytes, from: from(bytes) })
    if (bytes !== undefined && after !== undefined) args.push(place, bytes, after)
  }
  for (let at = 0; at < args.length; at += AT_ONCE * 3) {
    await callScript(talk.send, EXCHANGE_FIELDS, { keys: [hash], args: args.slice(at, at + AT_ONCE * 3) })
  }
}

async function sealCells(parts: SealAnewParts): Promise<void> {
  const { talk, names } = parts
  let from = '-'
  for (;;) {
    const words = ['ZRANGEBYLEX', names.cellNames, from, '+', 'LIMIT', '0', String(AT_ONCE)]
    const shown = ((await talk.send(words)) as readonly unknown[]).map(String)
    if (shown.length === 0) return
    const values = (await talk.send(['MGET', ...shown.map(names.cell)])) as readonly (Buffer | null)[]
    for (const [index, bytes] of values.entries()) {
      const place = shown[index] ?? ''
      const after = bytes ? sealedAnew(parts, 'cell', { place, bytes, from: STAMP_DIGITS }) : undefined
      if (bytes === null || after === undefined) continue
      await callScript(talk.send, EXCHANGE, { keys: [names.cell(place)], args: [bytes, after] })
    }
    from = `(${shown.at(-1) ?? ''}`
  }
}

/** The row under the present key; undefined where it is already, or cannot be opened. */
function sealedAnew(
  { envelope, keyId }: SealAnewParts,
  kind: Kind,
  { place, bytes, from }: Row,
): Buffer | undefined {
  const sealed = bytes.subarray(from)
  if (claimedKeyId(sealed) === keyId) return undefined
  const at = Buffer.from(place)
  const opened = envelope.open(kind, at, sealed)
  if (opened.state !== 'whole') return undefined
  return Buffer.concat([bytes.subarray(0, from), envelope.seal(kind, at, opened.payload, opened.flags)])
}
