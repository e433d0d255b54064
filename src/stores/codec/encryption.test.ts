import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keysOf } from '../../../test/helpers/encryption-keys.js'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { CHUNK_BYTES, decodeBody, encodeBody } from './body-codec.js'
import { claimedKeyId, createEnvelope, FLAG_LZ4, type Kind, MAX_ENVELOPE_BYTES } from './envelope.js'
import { decodeHead, encodeEntryHead } from './head-codec.js'
import { createKeyRing } from './key-ring.js'
import { loadLz4 } from './lz4.js'

const salt = randomBytes(16)
const ring = createKeyRing(keysOf('a', 'b'), salt)
const envelope = createEnvelope(ring)
const plain = createEnvelope()
const damaged = { state: 'damaged' }
const place = Buffer.from('tmdb:0001')
const kinds = fc.constantFrom<Kind>(
  'entry',
  'vary',
  'chunk',
  'tallies',
  'state',
  'card',
  'secret',
  'mark',
  'cell',
)
const somewhere = fc.uint8Array({ minLength: 0, maxLength: 40 })
const payloads = fc.uint8Array({ maxLength: 600 })

/** The checksum that an encrypted record has to have, tag and all, so that nothing but the tag stands in the way. */
function checksumOf(sealed: Buffer, at: Uint8Array = place): number {
  const from = Math.max(16, sealed.length - 16)
  return crc32(sealed.subarray(from), crc32(sealed.subarray(0, 12), crc32(at)))
}

describe('an envelope with keys', () => {
  it('gives back every payload with its flags, at its place and as its kind', () => {
    fc.assert(
      fc.property(kinds, somewhere, payloads, fc.constantFrom(0, FLAG_LZ4), (kind, at, payload, flags) => {
        const opened = envelope.open(kind, at, envelope.seal(kind, at, payload, flags))
        expect(opened.state === 'whole' && [Buffer.compare(opened.payload, payload), opened.flags]).toEqual([
          0,
          flags,
        ])
      }),
    )
  })

  it('gives nothing of a record that was altered in any one byte, cut or lengthened', () => {
    const sealed = envelope.seal('entry', place, Buffer.from('a head'))
    for (let index = 0; index < sealed.byteLength; index += 1) {
      for (const bits of [1, 2, 0x80, 0xff]) {
        const altered = Uint8Array.from(sealed)
        altered[index] = (altered[index] ?? 0) ^ bits
        expect(envelope.open('entry', place, altered).state).not.toBe('whole')
      }
      expect(envelope.open('entry', place, sealed.subarray(0, index))).toEqual(damaged)
    }
    expect(envelope.open('entry', place, Buffer.concat([sealed, Buffer.from([0])]))).toEqual(damaged)
  })

  it('gives nothing of a record whose checksum was made to fit what was altered', () => {
    const sealed = envelope.seal('chunk', place, Buffer.alloc(64, 'x'), FLAG_LZ4)
    let opened = 0
    for (let index = 0; index < sealed.byteLength; index += 1) {
      if (index >= 12 && index < 16) continue
      const altered = Buffer.from(sealed)
      altered[index] = (altered[index] ?? 0) ^ 1
      altered.writeUInt32LE(checksumOf(altered), 12)
      if (envelope.open('chunk', place, altered).state === 'whole') opened += 1
    }
    expect(opened).toBe(0)
  })

  it('gives nothing of a record that was moved, or called another kind, with a checksum made to fit', () => {
    const moved = Buffer.from(envelope.seal('entry', place, Buffer.from('a head')))
    const elsewhere = Buffer.from('tmdb:0002')
    moved.writeUInt32LE(checksumOf(moved, elsewhere), 12)
    expect(envelope.open('entry', elsewhere, moved)).toEqual(damaged)
    const renamed = Buffer.from(envelope.seal('entry', place, Buffer.from('a head')))
    renamed[3] = 2
    renamed.writeUInt32LE(checksumOf(renamed), 12)
    expect(envelope.open('vary', place, renamed)).toEqual(damaged)
    const unpacked = Buffer.from(envelope.seal('chunk', place, Buffer.from('a block'), FLAG_LZ4))
    unpacked[4] = (unpacked[4] ?? 0) & ~FLAG_LZ4
    unpacked.writeUInt32LE(checksumOf(unpacked), 12)
    expect(envelope.open('chunk', place, unpacked)).toEqual(damaged)
  })

  it('gives nothing of a record at another place, of another kind or of another store', () => {
    const other = createEnvelope(createKeyRing(keysOf('a', 'b'), randomBytes(16)))
    fc.assert(
      fc.property(kinds, kinds, somewhere, somewhere, (kind, otherKind, at, elsewhere) => {
        const sealed = envelope.seal(kind, at, Buffer.from('payload'))
        if (kind !== otherKind) expect(envelope.open(otherKind, at, sealed)).toEqual(damaged)
        if (Buffer.compare(at, elsewhere) !== 0)
          expect(envelope.open(kind, elsewhere, sealed)).toEqual(damaged)
        expect(other.open(kind, at, sealed)).toEqual(damaged)
      }),
    )
  })

  it('reads what stands under any of its keys, and gives nothing of what stands under another', () => {
    const under = (digit: string) => createEnvelope(createKeyRing(keysOf(digit), salt))
    const stateOf = (digit: string): string =>
      envelope.open('entry', place, under(digit).seal('entry', place, Buffer.from('head'))).state
    expect(['a', 'b', 'c'].map(stateOf)).toEqual(['whole', 'whole', 'damaged'])
  })

  it('gives nothing of a record that is not encrypted, whoever put it there', () => {
    fc.assert(
      fc.property(kinds, payloads, (kind, payload) => {
        expect(envelope.open(kind, place, plain.seal(kind, place, payload))).toEqual(damaged)
      }),
    )
  })

  it('leaves alone what belongs to a newer version', () => {
    for (const [position, value] of [
      [2, 9],
      [4, 0x42],
    ] as const) {
      const newer = Buffer.from(envelope.seal('entry', place, Buffer.from('head')))
      newer[position] = value
      newer.writeUInt32LE(checksumOf(newer), 12)
      expect(envelope.open('entry', place, newer)).toEqual({ state: 'newer' })
    }
  })

  it('never throws, whatever the bytes, with a checksum that fits or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (noise, isSealed) => {
        const bytes = Buffer.from(isSealed ? plain.seal('entry', place, noise) : noise)
        if (isSealed) {
          bytes[4] = 2
          bytes.writeUIntLE(ring.current().id, 5, 3)
          bytes.writeUInt32LE(checksumOf(bytes), 12)
        }
        expect(envelope.open('entry', place, bytes)).toEqual(damaged)
      }),
    )
  })

  it('seals the same payload otherwise each time, and says which key it took', () => {
    const [first, second] = [0, 1].map(() => envelope.seal('entry', place, Buffer.from('the same')))
    expect(first).not.toEqual(second)
    expect(claimedKeyId(first!)).toBe(ring.current().id)
    expect(claimedKeyId(plain.seal('entry', place, Buffer.from('x')))).toBe(0)
    expect(first!.byteLength).toBe(MAX_ENVELOPE_BYTES + 'the same'.length)
  })
})

describe('an envelope without keys', () => {
  it('gives nothing of an encrypted record, and leaves it alone', () => {
    const sealed = envelope.seal('entry', place, Buffer.from('head'))
    expect(plain.open('entry', place, sealed)).toEqual({ state: 'newer' })
  })
})

describe('what the codec makes with keys', () => {
  it('shows nothing of heads and bodies, compressed or not', async () => {
    const lz4 = await loadLz4()
    const head = headOf(sampleEntry({ tags: ['a-tag'] }))
    const text = 'a sentence that stands in the body. '.repeat(12_000)
    const sealed = [encodeEntryHead(envelope, place, { head, place: { id: 1, chunks: 2, sizeBytes: 9 } })]
    for (const aboveBytes of [0, Infinity]) {
      const chunks = await encodeBody('body', Buffer.from(text), { envelope, lz4, aboveBytes })
      const identity = { bodyId: 'body', sizeBytes: text.length }
      const decoded = decodeBody(identity, (index) => chunks[index], { envelope, lz4 })
      expect(decoded.state === 'whole' && Buffer.from(decoded.bytes).toString()).toBe(text)
      sealed.push(...chunks)
    }
    const shown = Buffer.concat(sealed)
    for (const word of ['sentence', 'a-tag', head.url, head.service, head.method, head.bodyId])
      expect(shown.includes(word)).toBe(false)
    expect(decodeHead(envelope, place, sealed[0]!)).toMatchObject({ state: 'whole', stored: { head } })
  })

  it('a chunk of another body, or another chunk of this one, is damage', async () => {
    const body = new Uint8Array(CHUNK_BYTES * 2).fill(1)
    const chunks = await encodeBody('id', body, { envelope, lz4: undefined, aboveBytes: 0 })
    const identity = { bodyId: 'id', sizeBytes: body.byteLength }
    const codec = { envelope, lz4: undefined }
    expect(decodeBody(identity, (index) => chunks[index], codec).state).toBe('whole')
    expect(decodeBody({ ...identity, bodyId: 'other' }, (index) => chunks[index], codec)).toEqual(damaged)
    expect(decodeBody(identity, (index) => chunks[1 - index], codec)).toEqual(damaged)
  })
})
