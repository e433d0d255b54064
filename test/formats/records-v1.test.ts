import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBody } from '../../src/stores/codec/body-codec.js'
import { createEnvelope } from '../../src/stores/codec/envelope.js'
import { decodeHead } from '../../src/stores/codec/head-codec.js'
import { loadLz4 } from '../../src/stores/codec/lz4.js'
import { type LedgerRow, decodeLedgerRow } from '../../src/stores/codec/tallies-codec.js'

/** Records as version 0.1 wrote them; never written anew. */
interface Recorded {
  readonly key: string
  readonly entry: { readonly head: object; readonly place: unknown; readonly sealed: string }
  readonly vary: { readonly node: unknown; readonly sealed: string }
  readonly body: {
    readonly bodyId: string
    readonly text: string
    readonly plain: readonly string[]
    readonly packed: readonly string[]
  }
  readonly ledger: { readonly row: LedgerRow; readonly sealed: string }
}

const recorded = JSON.parse(readFileSync(new URL('records-v1.json', import.meta.url), 'utf8')) as Recorded
const envelope = createEnvelope()
const key = Buffer.from(recorded.key)
const bytesOf = (text: string | undefined): Uint8Array => Buffer.from(text ?? '', 'base64')

describe('records of format version 1', () => {
  it('an entry is read as it was written, with no age of its own at first', () => {
    const { place, sealed } = recorded.entry
    const head = { ...recorded.entry.head, initialAgeMs: 0 }
    expect(decodeHead(envelope, key, bytesOf(sealed))).toEqual({
      state: 'whole',
      stored: { kind: 'entry', head, place },
    })
  })

  it('a vary node is read as it was written', () => {
    const { node, sealed } = recorded.vary
    expect(decodeHead(envelope, key, bytesOf(sealed))).toEqual({
      state: 'whole',
      stored: { kind: 'vary', node },
    })
  })

  it('a body is read as it was written, plain and compressed', async () => {
    const { bodyId, text, plain, packed } = recorded.body
    const sizeBytes = Buffer.byteLength(text)
    const lz4 = await loadLz4()
    for (const chunks of [plain, packed]) {
      const decoded = decodeBody({ bodyId, sizeBytes }, (index) => bytesOf(chunks[index]), { envelope, lz4 })
      expect(decoded.state === 'whole' && Buffer.from(decoded.bytes).toString()).toBe(text)
    }
  })

  it('a row of the ledger is read as it was written, with no drifts counted', () => {
    const { row, sealed } = recorded.ledger
    const services = Object.entries(row.services).map(([name, tally]) => [name, { ...tally, drifts: 0 }])
    expect(decodeLedgerRow(envelope, key, bytesOf(sealed))).toEqual({
      ...row,
      services: Object.fromEntries(services),
    })
  })
})
