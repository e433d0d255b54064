import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBody } from '../../src/stores/codec/body-codec.js'
import { createEnvelope, type Envelope } from '../../src/stores/codec/envelope.js'
import { decodeHead } from '../../src/stores/codec/head-codec.js'
import { checkKeys } from '../../src/stores/codec/key-check.js'
import { loadLz4 } from '../../src/stores/codec/lz4.js'
import { decodeLedgerRow } from '../../src/stores/codec/tallies-codec.js'
import { keysOf } from '../helpers/encryption-keys.js'

/** Records that were encrypted under two keys of one store, one after the other; never written anew. */
interface Recorded {
  readonly key: string
  readonly check: string
  readonly entry: {
    readonly head: unknown
    readonly place: unknown
    readonly underFirst: string
    readonly underSecond: string
  }
  readonly vary: { readonly node: unknown; readonly sealed: string }
  readonly body: {
    readonly bodyId: string
    readonly text: string
    readonly plain: readonly string[]
    readonly packed: readonly string[]
  }
  readonly ledger: { readonly row: unknown; readonly sealed: string }
}

const recorded = JSON.parse(
  readFileSync(new URL('records-encrypted.json', import.meta.url), 'utf8'),
) as Recorded
const key = Buffer.from(recorded.key)
const bytesOf = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64')

function envelopeOf(...digits: readonly [string, ...string[]]): Envelope {
  const checked = checkKeys(keysOf(...digits), bytesOf(recorded.check))
  if (checked.state !== 'known') throw new Error(`the recorded check is ${checked.state}`)
  return createEnvelope(checked.keys)
}

const both = envelopeOf('b', 'a')

describe('encrypted records of format version 1', () => {
  it('the check knows the key of the store, and no other', () => {
    expect(checkKeys(keysOf('a'), bytesOf(recorded.check))).toMatchObject({ because: 'wrong-key' })
    expect(checkKeys(undefined, bytesOf(recorded.check))).toMatchObject({ because: 'key-missing' })
  })

  it('an entry under either key is read as it was written', () => {
    const { head, place, underFirst, underSecond } = recorded.entry
    for (const sealed of [underFirst, underSecond]) {
      expect(decodeHead(both, key, bytesOf(sealed))).toEqual({
        state: 'whole',
        stored: { kind: 'entry', head, place },
      })
    }
    const alone = envelopeOf('b')
    expect([underFirst, underSecond].map((sealed) => decodeHead(alone, key, bytesOf(sealed)).state)).toEqual([
      'damaged',
      'whole',
    ])
  })

  it('a vary node is read as it was written', () => {
    const { node, sealed } = recorded.vary
    expect(decodeHead(both, key, bytesOf(sealed))).toEqual({ state: 'whole', stored: { kind: 'vary', node } })
  })

  it('a body is read as it was written, plain and compressed', async () => {
    const { bodyId, text, plain, packed } = recorded.body
    const codec = { envelope: both, lz4: await loadLz4() }
    for (const chunks of [plain, packed]) {
      const identity = { bodyId, sizeBytes: Buffer.byteLength(text) }
      const decoded = decodeBody(identity, (index) => bytesOf(chunks[index]), codec)
      expect(decoded.state === 'whole' && Buffer.from(decoded.bytes).toString()).toBe(text)
    }
  })

  it('a row of the ledger is read as it was written', () => {
    expect(decodeLedgerRow(both, key, bytesOf(recorded.ledger.sealed))).toEqual(recorded.ledger.row)
  })
})
