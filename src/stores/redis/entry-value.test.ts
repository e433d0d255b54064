import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headOf, sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createEnvelope } from '../codec/envelope.js'
import { readLine, readValue, writeValue } from './entry-value.js'
import { lifeMs } from './life.js'

const envelope = createEnvelope()

function written(bodyId = 'b/1 {x}'): Buffer {
  const record = { ...headOf(sampleEntry({ key: 'k', bodyId })) }
  const body = Buffer.from('sealed body')
  return writeValue(envelope, { record, number: 7, chunks: 0, chunkBytes: 0, body, bodyBytes: 3 }).bytes
}

describe('the value of an entry', () => {
  it('comes apart into line, head and body', () => {
    const read = readValue(envelope, 'k', written())
    expect(read.state).toBe('whole')
    if (read.state !== 'whole') return
    expect(read.value.line).toMatchObject({ number: 7, bodyId: 'b/1 {x}', chunks: 0 })
    expect(read.value.rest.toString()).toBe('sealed body')
    expect(read.value.stored).toMatchObject({
      kind: 'entry',
      head: { key: 'k', sequence: 7 },
      place: { sizeBytes: 3 },
    })
  })

  it('says how much is needed where it was cut within the head', () => {
    const bytes = written()
    const read = readValue(envelope, 'k', bytes.subarray(0, 100))
    expect(read).toEqual({ state: 'cut', neededBytes: bytes.byteLength - 'sealed body'.length })
  })

  it('of another key, or with a changed head, is damaged', () => {
    const bytes = written()
    expect(readValue(envelope, 'l', bytes).state).toBe('damaged')
    const at = bytes.indexOf(0x0a) + 30
    bytes[at] = (bytes[at] ?? 0) ^ 1
    expect(readValue(envelope, 'k', bytes).state).toBe('damaged')
  })

  it('is never the reason to throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(readValue(envelope, 'k', Buffer.from(noise)).state).toBe('damaged')
        expect(readLine(Buffer.from(noise))).toBeUndefined()
      }),
    )
  })

  it('takes no body whose id does not fit into the line', () => {
    expect(() => written('x'.repeat(301))).toThrow(RangeError)
  })
})

describe('how long the server keeps a record', () => {
  it('is a minute longer than it may be used', () => {
    expect(lifeMs(10_500.5, 10_000)).toBe('60501')
  })

  it('is a minute for what may not be used any more', () => {
    expect(lifeMs(5, 10_000)).toBe('60000')
  })

  it('is for ever for what has no end', () => {
    expect(lifeMs(Infinity, 10_000)).toBe('')
  })
})
