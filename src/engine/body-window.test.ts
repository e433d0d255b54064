import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyWindow, type Place } from './body-window.js'

const bytes = (length: number, from = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (from + at) % 251)

/** A window with pieces of the given sizes. */
function windowOf(...sizes: number[]): BodyWindow {
  const window = new BodyWindow()
  for (const size of sizes) window.push(bytes(size, window.sizeBytes))
  return window
}

describe('a window of a body', () => {
  it('gives a place piece after piece, and then nothing until more has come', () => {
    const window = windowOf(2, 3)
    const place = window.enter()
    expect(window.next(place)).toEqual(bytes(2))
    expect(window.next(place)).toEqual(bytes(3, 2))
    expect(window.next(place)).toBeUndefined()
    window.push(bytes(1, 5))
    expect(window.next(place)).toEqual(bytes(1, 5))
    expect(place.offsetBytes).toBe(6)
  })

  it('gives the rest of a piece to who stands in the middle of it', () => {
    const window = windowOf(4, 4)
    const place = window.enter()
    place.offsetBytes = 3
    expect(window.next(place)).toEqual(bytes(1, 3))
    expect(window.next(place)).toEqual(bytes(4, 4))
  })

  it('lets places come in at the first byte, wherever the others are', () => {
    const window = windowOf(4)
    window.next(window.enter())
    expect(window.next(window.enter())).toEqual(bytes(4))
  })

  it('knows who waits, until he leaves', () => {
    const window = windowOf()
    const place = window.enter()
    expect(window.hasWaiting()).toBe(false)
    place.isWaiting = true
    expect(window.hasWaiting()).toBe(true)
    window.leave(place)
    expect(window.hasWaiting()).toBe(false)
  })

  it.each([
    [10, 0],
    [9, 0],
    [8, 2],
    [5, 5],
    [4, 5],
    [3, 5],
    [0, 10],
  ])('that holds the last %i bytes begins at byte %i: no piece is cut', (kept, startBytes) => {
    const window = windowOf(2, 3, 5)
    window.keepLast(kept)
    expect([window.startBytes, window.sizeBytes]).toEqual([startBytes, 10])
  })

  it('tells who has fallen out of it', () => {
    const window = windowOf(2, 3)
    const place = window.enter()
    window.keepLast(3)
    expect(window.isBehind(place)).toBe(true)
    expect(window.next(place)).toBeUndefined()
    place.offsetBytes = 2
    expect(window.isBehind(place)).toBe(false)
  })

  it('drops what every place has had, and nothing that one has not', () => {
    const window = windowOf(2, 3, 5)
    const [quick, slow] = [window.enter(), window.enter()]
    for (let step = 0; step < 3; step += 1) window.next(quick)
    window.next(slow)
    window.dropRead(100)
    expect([window.startBytes, slow.isCutOff]).toEqual([2, false])
    expect(window.next(slow)).toEqual(bytes(3, 2))
    window.leave(slow)
    window.dropRead(100)
    expect([window.startBytes, window.pieces.length]).toEqual([10, 0])
  })

  it('cuts off who lags by more than is allowed, and then no longer waits for him', () => {
    const window = windowOf(2, 3, 5)
    const [quick, slow] = [window.enter(), window.enter()]
    for (let step = 0; step < 2; step += 1) window.next(quick)
    window.dropRead(9)
    expect([quick.isCutOff, slow.isCutOff, window.startBytes]).toEqual([false, true, 5])
  })

  it('with nobody in it holds nothing', () => {
    const window = windowOf(2, 3)
    window.dropRead(100)
    expect(window.pieces).toEqual([])
  })

  it('gives each place a prefix of the body without a gap, in whatever order things happen', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), size: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('read' as const), who: fc.nat({ max: 2 }) }),
      fc.record({ kind: fc.constant('drop' as const), lagBytes: fc.nat({ max: 20 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new BodyWindow()
        const places: Place[] = [window.enter(), window.enter(), window.enter()]
        const had = places.map((): number[] => [])
        for (const event of steps) {
          if (event.kind === 'push') window.push(bytes(event.size, window.sizeBytes))
          else if (event.kind === 'drop') window.dropRead(event.lagBytes)
          else if (!places[event.who]!.isCutOff)
            had[event.who]!.push(...(window.next(places[event.who]!) ?? []))
        }
        for (const [index, place] of places.entries()) {
          expect(had[index]).toEqual([...bytes(place.offsetBytes)])
          if (!place.isCutOff) expect(window.isBehind(place)).toBe(false)
        }
      }),
    )
  })
})
