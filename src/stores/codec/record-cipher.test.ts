import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CIPHER_BYTES, createRecordCipher, type RecordCipher } from './record-cipher.js'

const key = createSecretKey(randomBytes(32))
const covered = Buffer.from('covered')

function encrypted(cipher: RecordCipher, text: string): Buffer {
  const target = Buffer.alloc(CIPHER_BYTES + Buffer.byteLength(text))
  cipher.encrypt(Buffer.from(text), covered, target)
  return target
}

/** Session and number: what the nonce and its key are made of. */
const prefixOf = (record: Buffer): string => record.toString('hex', 0, 20)
const sessionOf = (record: Buffer): string => record.toString('hex', 0, 16)

describe('record cipher', () => {
  it('never uses a nonce twice under one key, over sessions and processes', () => {
    const prefixes = new Set<string>()
    const sessions = new Set<string>()
    for (let process = 0; process < 4; process += 1) {
      const cipher = createRecordCipher(key, 100)
      for (let record = 0; record < 250; record += 1) {
        const bytes = encrypted(cipher, 'x')
        prefixes.add(prefixOf(bytes))
        sessions.add(sessionOf(bytes))
      }
    }
    expect([prefixes.size, sessions.size]).toEqual([1_000, 12])
  })

  it('reads what other processes wrote, of more sessions than it remembers', () => {
    const records = Array.from({ length: 1_100 }, (_, index) =>
      encrypted(createRecordCipher(key), `record ${index}`),
    )
    const reader = createRecordCipher(key)
    for (const round of [1, 2])
      for (const [index, record] of records.entries())
        expect([round, reader.decrypt(record, covered)?.toString()]).toEqual([round, `record ${index}`])
  })

  it('a payload of nothing is a payload', () => {
    const cipher = createRecordCipher(key)
    expect(cipher.decrypt(encrypted(cipher, ''), covered)).toEqual(Buffer.alloc(0))
  })

  it('gives nothing under another key, with other bytes covered, or of too few bytes', () => {
    const cipher = createRecordCipher(key)
    const record = encrypted(cipher, 'x')
    expect(createRecordCipher(createSecretKey(randomBytes(32))).decrypt(record, covered)).toBeUndefined()
    expect(cipher.decrypt(record, Buffer.from('Covered'))).toBeUndefined()
    expect(cipher.decrypt(record.subarray(0, CIPHER_BYTES - 1), covered)).toBeUndefined()
    expect(cipher.decrypt(record, covered)?.toString()).toBe('x')
  })
})
