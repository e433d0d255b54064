import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { sampleEntry } from '../../testing/store-contract/sample-records.js'
import { createKnownRecords } from './known-records.js'

const bytesOf = (text: string): Uint8Array => Buffer.from(text)

describe('records that were read before', () => {
  it('are held from the second time on', () => {
    const known = createKnownRecords()
    const [first, second] = [sampleEntry({ key: 'a' }), sampleEntry({ key: 'a' })]
    known.note('a', bytesOf('x'), first)
    expect(known.find('a', bytesOf('x'))).toBeUndefined()
    known.note('a', bytesOf('x'), second)
    expect(known.find('a', bytesOf('x'))).toBe(second)
  })

  it('are found by their key and by every byte', () => {
    const known = createKnownRecords()
    const record = sampleEntry({ key: 'a' })
    for (let time = 0; time < 2; time += 1) known.note('a', bytesOf('xy'), record)
    expect(known.find('b', bytesOf('xy'))).toBeUndefined()
    for (const other of ['', 'x', 'xz', 'zy', 'xyz']) expect(known.find('a', bytesOf(other))).toBeUndefined()
    expect(known.find('a', bytesOf('xy'))).toBe(record)
  })

  it('give way to what took their place', () => {
    const known = createKnownRecords()
    const [before, after] = [sampleEntry({ key: 'a' }), sampleEntry({ key: 'a' })]
    for (let time = 0; time < 2; time += 1) known.note('a', bytesOf('before'), before)
    known.note('a', bytesOf('after'), after)
    expect(known.find('a', bytesOf('before'))).toBeUndefined()
    expect(known.find('a', bytesOf('after'))).toBe(after)
  })

  it('are held only as long as they are read among not too many others', () => {
    const known = createKnownRecords()
    const record = sampleEntry({ key: 'a' })
    const others = (from: number, to: number): void => {
      for (let index = from; index < to; index += 1) known.note(`b${index}`, bytesOf('y'), record)
    }
    for (let time = 0; time < 2; time += 1) known.note('a', bytesOf('x'), record)
    others(0, 600)
    expect(known.find('a', bytesOf('x'))).toBe(record)
    others(600, 1_200)
    expect(known.find('a', bytesOf('x'))).toBe(record)
    others(1_200, 2_400)
    expect(known.find('a', bytesOf('x'))).toBeUndefined()
  })

  it('are forgotten sooner where they are large', () => {
    const known = createKnownRecords()
    const record = sampleEntry({ key: 'a' })
    for (let time = 0; time < 2; time += 1) known.note('a', bytesOf('x'), record)
    const large = new Uint8Array(256 * 1024)
    for (let index = 0; index < 40; index += 1)
      for (let time = 0; time < 2; time += 1) known.note(`b${index}`, large, record)
    expect(known.find('a', bytesOf('x'))).toBeUndefined()
  })

  it("are the garbage collector's as soon as nobody reads them", async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const known = createKnownRecords()
    for (let time = 0; time < 2; time += 1) known.note('a', bytesOf('x'), sampleEntry({ key: 'a' }))
    expect(known.find('a', bytesOf('x'))).toBeDefined()
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(known.find('a', bytesOf('x'))).toBeUndefined()
  })
})
