import { describe, expect, it } from 'vitest'
import { BYTES, MIB, checkingReader, openLive, turns } from '../../test/fuzz/body-harness.js'

const HALF = MIB / 2

describe('a live body', () => {
  it('reads its source once, and gives every reader all of it', async () => {
    const { live, source } = openLive()
    const readers = [live.ticket()!, live.ticket()!, live.ticket()!].map(checkingReader)
    const draining = Promise.all(readers.map((reader) => reader.drain()))
    for (let piece = 0; piece < 6; piece += 1) source.push(300_001)
    source.end()
    await draining
    expect(readers.map(({ ended, readBytes }) => [ended, readBytes])).toEqual(
      readers.map(() => ['done', source.pushedBytes]),
    )
    expect(source.iterations).toBe(1)
  })

  it('gives each reader its own place', async () => {
    const { live, source } = openLive()
    const [first, second] = [checkingReader(live.ticket()!), checkingReader(live.ticket()!)]
    source.push(10)
    source.push(20)
    await turns()
    first.step()
    await turns()
    expect([first.readBytes, second.readBytes]).toEqual([10, 0])
    first.step()
    second.step()
    await turns()
    expect([first.readBytes, second.readBytes]).toEqual([30, 10])
  })

  it('takes no notice of empty pieces', async () => {
    const { live, source } = openLive()
    const reader = checkingReader(live.ticket()!)
    for (const size of [0, 5, 0, 0, 5]) source.push(size)
    source.end()
    await reader.drain()
    expect([reader.ended, reader.readBytes]).toEqual(['done', 10])
  })

  it('of no bytes at all is whole', async () => {
    const { live, source } = openLive()
    const ticket = live.ticket()!
    source.end()
    const body = await ticket.gather()
    expect([body.sizeBytes, (await live.end).kind]).toEqual([0, 'whole'])
  })

  it('that is whole is one body for all, whatever they do with it', async () => {
    const { live, source } = openLive()
    const [streaming, gathering, late] = [live.ticket()!, live.ticket()!, live.ticket()!]
    const reader = checkingReader(streaming)
    const gathered = gathering.gather()
    source.push(100)
    source.push(200)
    await turns()
    reader.step()
    expect([streaming.whole, streaming.sizeBytes]).toEqual([undefined, undefined])
    source.end()
    await reader.drain()
    const body = await gathered
    expect(Buffer.compare(body.bytes(), BYTES.subarray(0, 300))).toBe(0)
    expect(late.whole).toBe(body)
    expect(await late.gather()).toBe(body)
    expect(late.sizeBytes).toBe(300)
    expect(live.ticket()?.whole).toBe(body)
  })
})

describe('the source of a live body', () => {
  it('is read ahead by 1 MiB, and no further while nobody reads', async () => {
    const { live, source } = openLive()
    live.ticket()
    for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
    await turns()
    expect(source.takenBytes).toBe(MIB)
  })

  it('is read beyond that as fast as the foremost reader takes it', async () => {
    const { live, source } = openLive()
    const [quick, slow] = [checkingReader(live.ticket()!), checkingReader(live.ticket()!)]
    for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
    slow.step()
    for (let step = 1; step <= 5; step += 1) {
      quick.step()
      await turns()
      expect(source.takenBytes).toBe(Math.max(MIB, step * HALF))
    }
    for (let step = 0; step < 3; step += 1) {
      slow.step()
      await turns()
    }
    expect(source.takenBytes).toBe(5 * HALF)
  })

  it('is not read ahead where nothing of it is kept', async () => {
    const { live, source } = openLive({ keepBytes: 0, isStored: false })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 4; piece += 1) source.push(1_000)
    await turns()
    expect(source.takenBytes).toBe(0)
    reader.step()
    await turns()
    expect([source.takenBytes, reader.readBytes]).toEqual([1_000, 1_000])
  })

  it('is read to its end where the whole is wanted', async () => {
    const { live, source } = openLive()
    live.ticket()
    const whole = live.wholeOrLarge()
    for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
    source.end()
    expect((await whole)?.sizeBytes).toBe(5 * MIB)
  })

  it('is read no further than it can be kept where the whole is wanted', async () => {
    const { live, source } = openLive({ keepBytes: 2 * MIB })
    const reader = checkingReader(live.ticket()!)
    const whole = live.wholeOrLarge()
    for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
    source.end()
    expect(await whole).toBeUndefined()
    await turns()
    expect(source.takenBytes).toBe(2 * MIB + HALF)
    await reader.drain()
    expect([reader.ended, reader.readBytes, (await live.end).kind]).toEqual(['done', 5 * MIB, 'too-large'])
  })
})

describe('the end of a live body', () => {
  it.each([1, 3])('that breaks off reaches all of %i readers, after what came', async (count) => {
    const { live, source } = openLive()
    const readers = Array.from({ length: count }, () => checkingReader(live.ticket()!))
    const draining = Promise.all(readers.map((reader) => reader.drain()))
    const gathered = live
      .ticket()!
      .gather()
      .catch((error: Error) => error.message)
    const whole = live.wholeOrLarge().catch((error: Error) => error.message)
    source.push(1_000)
    await turns()
    source.fail(new Error('the wire broke'))
    await draining
    for (const reader of readers) expect([reader.ended, reader.readBytes]).toEqual(['the wire broke', 1_000])
    expect([await gathered, await whole]).toEqual(['the wire broke', 'the wire broke'])
    expect(await live.end).toMatchObject({ kind: 'cut-short' })
    expect(live.ticket()).toBeUndefined()
  })

  it('that breaks off reaches those too who begin to read then', async () => {
    const { live, source } = openLive()
    const reader = checkingReader(live.ticket()!)
    source.push(1_000)
    source.fail(new Error('the wire broke'))
    await live.end
    await reader.drain()
    expect([reader.ended, reader.readBytes]).toEqual(['the wire broke', 1_000])
  })

  it('is a cancellation where all leave a body of unknown size', async () => {
    const { live, source, cancelled } = openLive()
    const readers = [checkingReader(live.ticket()!), checkingReader(live.ticket()!)]
    source.push(1_000)
    for (const reader of readers) reader.step()
    await turns()
    readers[0]!.leave()
    await turns()
    expect(cancelled).toEqual([])
    readers[1]!.leave()
    expect(cancelled).toEqual([new Error('left')])
    expect(await live.end).toEqual({ kind: 'left' })
    expect(live.ticket()).toBeUndefined()
    await expect(live.wholeOrLarge()).rejects.toThrow('left')
  })

  it.each([
    ['that is bounded and stored', { sizeBytes: 3 * MIB }],
    ['that is bounded, stored, and too large for the window', { sizeBytes: 3 * MIB, writer: 'takes-all' }],
    ['that is empty', { sizeBytes: 0, isStored: false, keepBytes: 0 }],
  ] as const)('comes though all leave one %s', async (_, options) => {
    const { live, source, cancelled } = openLive(options)
    live.ticket()!.discard()
    for (let sent = 0; sent < options.sizeBytes; sent += HALF) source.push(HALF)
    source.end()
    expect(['whole', 'written', 'too-large']).toContain((await live.end).kind)
    expect([cancelled, source.takenBytes]).toEqual([[], options.sizeBytes])
  })

  it.each([
    ['that is larger than what is kept', { sizeBytes: 17 * MIB }],
    ['that is not stored', { sizeBytes: 10, isStored: false }],
  ])('is a cancellation where all leave one %s', async (_, options) => {
    const { live, cancelled } = openLive(options)
    live.ticket()!.discard()
    expect([cancelled.length, (await live.end).kind]).toEqual([1, 'left'])
  })
})
