import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { BYTES, MIB, checkingReader, openLive, turns } from '../../test/fuzz/body-harness.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const HALF = MIB / 2

describe('a live body that outgrows its window', () => {
  it('of up to 1 MiB never troubles the store', async () => {
    const { live, source, writers } = openLive({ writer: 'takes-all' })
    const reader = checkingReader(live.ticket()!)
    source.push(HALF)
    source.push(HALF)
    source.end()
    await reader.drain()
    expect([writers.length, (await live.end).kind]).toEqual([0, 'whole'])
  })

  it('is written, all of it, and ends as written', async () => {
    const { live, source, writers } = openLive({ writer: 'takes-all' })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 6; piece += 1) source.push(HALF)
    source.end()
    await reader.drain()
    const end = await live.end
    expect(end).toEqual({ kind: 'written', writer: writers[0], sizeBytes: 3 * MIB })
    expect(Buffer.compare(Buffer.concat([...writers[0]!.written()]), BYTES.subarray(0, 3 * MIB))).toBe(0)
    expect([writers.length, writers[0]!.isAbandoned]).toEqual([1, false])
  })

  it('is read back byte for byte by who lags and who comes late, before and after its end', async () => {
    const { live, source } = openLive({ writer: 'takes-all' })
    const quick = checkingReader(live.ticket()!)
    const lagging = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 8; piece += 1) source.push(HALF + piece)
    lagging.step()
    for (let step = 0; step < 7; step += 1) {
      quick.step()
      await turns()
    }
    const late = checkingReader(live.ticket()!)
    late.step()
    await turns()
    expect(late.readBytes).toBeGreaterThan(0)
    source.end()
    await quick.drain()
    const last = checkingReader(live.ticket()!)
    await Promise.all([lagging.drain(), late.drain(), last.drain()])
    for (const reader of [quick, lagging, late, last])
      expect([reader.ended, reader.readBytes]).toEqual(['done', source.pushedBytes])
  })

  it('holds about 1 MiB of itself, however far a reader lags', async () => {
    const { live, source } = openLive({ writer: 'takes-all', keepBytes: 20 * MIB })
    const draining = checkingReader(live.ticket()!).drain()
    live.ticket()
    const pieces: WeakRef<Uint8Array>[] = []
    for (let piece = 0; piece < 150; piece += 1) {
      source.push(100_000)
      await turns(1)
      pieces.push(new WeakRef(source.last!))
    }
    await turns()
    collectGarbage()
    const held = pieces.filter((piece) => piece.deref() !== undefined).length
    expect(held).toBeLessThanOrEqual(13)
    source.end()
    await draining
    expect((await live.end).kind).toBe('written')
  })

  it('is never written where it repeats a credential before it outgrew it', async () => {
    let seen = 0
    const { live, source, writers } = openLive({
      writer: 'takes-all',
      mayBeWritten: () => (seen += 1) !== 2,
    })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 6; piece += 1) source.push(HALF)
    source.end()
    await reader.drain()
    expect([reader.ended, (await live.end).kind, writers.length]).toEqual(['done', 'too-large', 0])
  })

  it('is written no further where it repeats a credential afterwards, and given up at its end', async () => {
    let seen = 0
    const { live, source, writers } = openLive({
      writer: 'takes-all',
      mayBeWritten: () => (seen += 1) !== 5,
    })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 8; piece += 1) source.push(HALF)
    source.end()
    await reader.drain()
    expect([reader.ended, (await live.end).kind]).toEqual(['done', 'too-large'])
    expect([writers[0]!.sizeBytes, writers[0]!.isAbandoned]).toEqual([4 * HALF, true])
  })
})

describe('a live body that outgrows what is kept', () => {
  it.each(['none', 'takes-all'] as const)(
    'reaches its readers whole all the same, writer %s',
    async (writer) => {
      const { live, source, writers } = openLive({ writer, keepBytes: 2 * MIB })
      const quick = checkingReader(live.ticket()!)
      const slow = checkingReader(live.ticket()!)
      slow.step()
      for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
      source.end()
      for (let step = 0; quick.ended === undefined; step += 1) {
        if (step < 4 || slow.readBytes > quick.readBytes - 2 * MIB) quick.step()
        else slow.step()
        await turns()
      }
      await Promise.all([quick.drain(), slow.drain()])
      expect([quick.ended, quick.readBytes]).toEqual(['done', 5 * MIB])
      expect([slow.ended, slow.readBytes]).toEqual(['done', 5 * MIB])
      expect(await live.end).toEqual({ kind: 'too-large' })
      for (const { isAbandoned } of writers) expect(isAbandoned).toBe(true)
    },
  )

  it('is not for those who come when its beginning is gone', async () => {
    const { live, source } = openLive({ keepBytes: MIB })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 6; piece += 1) source.push(HALF)
    for (let step = 0; step < 4; step += 1) {
      reader.step()
      await turns()
    }
    expect(live.ticket()).toBeUndefined()
    source.end()
    await reader.drain()
    expect(reader.ended).toBe('done')
  })

  it('cuts off who lags by more than is kept and 1 MiB, with an error and no wrong byte', async () => {
    const { live, source } = openLive({ keepBytes: MIB })
    const quick = checkingReader(live.ticket()!)
    const slow = checkingReader(live.ticket()!)
    const never = checkingReader(live.ticket()!)
    slow.step()
    for (let piece = 0; piece < 10; piece += 1) source.push(HALF)
    source.end()
    await quick.drain()
    await Promise.all([slow.drain(), never.drain()])
    expect([quick.ended, quick.readBytes]).toEqual(['done', 5 * MIB])
    expect([slow.ended, slow.readBytes]).toEqual(['too-slow', HALF])
    expect([never.ended, never.readBytes]).toEqual(['too-slow', 0])
  })
})

describe('a writer that fails', () => {
  it.each([4, 6])('at piece %i costs nobody anything, and is given up', async (failsAt) => {
    const { live, source, writers } = openLive({ writer: 'takes-all', failsAt })
    const quick = checkingReader(live.ticket()!)
    const slow = checkingReader(live.ticket()!)
    slow.step()
    for (let piece = 0; piece < 12; piece += 1) source.push(HALF)
    source.end()
    await quick.drain()
    await slow.drain()
    expect([quick.ended, slow.ended]).toEqual(['done', 'done'])
    expect([quick.readBytes, slow.readBytes]).toEqual([6 * MIB, 6 * MIB])
    expect(await live.end).toEqual({ kind: 'too-large' })
    expect(writers[0]!.isAbandoned).toBe(true)
  })
})

describe('a writer', () => {
  it.each(['cut-short', 'left'])('is given up where the body is %s', async (how) => {
    const { live, source, writers } = openLive({ writer: 'takes-all' })
    const reader = checkingReader(live.ticket()!)
    for (let piece = 0; piece < 4; piece += 1) source.push(HALF)
    for (let step = 0; step < 4; step += 1) {
      reader.step()
      await turns()
    }
    if (how === 'left') reader.leave()
    else {
      source.fail(new Error('the wire broke'))
      await reader.drain()
    }
    expect((await live.end).kind).toBe(how)
    await turns()
    expect(writers[0]!.isAbandoned).toBe(true)
  })
})
