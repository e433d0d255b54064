import { describe, expect, it } from 'vitest'
import type { AnswerBody } from '../model/answer-body.js'
import { EntryBody } from '../model/entry-body.js'
import { createTicket } from './body-ticket.js'

interface World {
  readonly ticket: AnswerBody
  readonly left: () => number
  readonly begun: () => number
  become(whole: EntryBody): void
}

function openTicket(pieces: readonly Uint8Array[], sizeBytes?: number, error?: Error): World {
  let whole: EntryBody | undefined
  let left = 0
  let begun = 0
  const ticket = createTicket({
    async *read() {
      begun += 1
      yield* pieces
      if (error !== undefined) throw error
    },
    leave: () => (left += 1),
    wholeNow: () => whole,
    sizeBytes,
    tooLarge: () => new Error('too-large'),
  })
  return { ticket, left: () => left, begun: () => begun, become: (body) => (whole = body) }
}

const PIECES = [new Uint8Array([1, 2]), new Uint8Array([3])]

async function read(body: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = []
  for await (const piece of body) bytes.push(...piece)
  return bytes
}

describe('a ticket', () => {
  it('read to its end lets go once', async () => {
    const { ticket, left } = openTicket(PIECES)
    expect(await read(ticket.stream())).toEqual([1, 2, 3])
    ticket.discard()
    expect(left()).toBe(1)
  })

  it('whose reader stops early lets go', async () => {
    const { ticket, left } = openTicket(PIECES)
    for await (const piece of ticket.stream()) {
      expect(piece).toEqual(PIECES[0])
      break
    }
    expect(left()).toBe(1)
  })

  it('whose body breaks off lets go', async () => {
    const { ticket, left } = openTicket(PIECES, undefined, new Error('broken'))
    await expect(read(ticket.stream())).rejects.toThrow('broken')
    expect(left()).toBe(1)
  })

  it('whose stream is let go of before it was begun lets go, and reads nothing', async () => {
    const { ticket, left, begun } = openTicket(PIECES)
    await ticket.stream()[Symbol.asyncIterator]().return?.()
    expect([left(), begun()]).toEqual([1, 0])
  })

  it('that is discarded lets go, once', () => {
    const { ticket, left } = openTicket(PIECES)
    ticket.discard()
    ticket.discard()
    expect(left()).toBe(1)
  })

  it('can be read but once', async () => {
    const { ticket } = openTicket(PIECES)
    await read(ticket.stream())
    expect(() => ticket.stream()).toThrow(TypeError)
    await expect(ticket.gather()).rejects.toThrow('read already')
  })

  it('gathers all of it, and lets go', async () => {
    const { ticket, left } = openTicket(PIECES)
    expect([...(await ticket.gather()).bytes()]).toEqual([1, 2, 3])
    expect(left()).toBe(1)
  })

  it('gathers nothing where the whole is there', async () => {
    const { ticket, left, begun, become } = openTicket(PIECES)
    const whole = new EntryBody(new Uint8Array([9]))
    become(whole)
    expect(await ticket.gather()).toBe(whole)
    expect([left(), begun(), ticket.whole]).toEqual([1, 0, whole])
  })

  it('gives the one whole that came to be while it gathered', async () => {
    const whole = new EntryBody(new Uint8Array([1, 2, 3]))
    let isThere = false
    const ticket = createTicket({
      async *read() {
        yield* PIECES
        isThere = true
      },
      leave: () => undefined,
      wholeNow: () => (isThere ? whole : undefined),
      sizeBytes: undefined,
      tooLarge: () => new Error('too-large'),
    })
    expect(await ticket.gather()).toBe(whole)
  })

  it('gathers no more than 256 MB', async () => {
    const piece = new Uint8Array(64 * 1024 ** 2)
    const { ticket, left } = openTicket(Array.from({ length: 5 }, () => piece))
    await expect(ticket.gather()).rejects.toThrow('too-large')
    expect(left()).toBe(1)
  })

  it('tells the size that was announced, then the size that it has', () => {
    const { ticket, become } = openTicket(PIECES, 7)
    expect(ticket.sizeBytes).toBe(7)
    become(new EntryBody(new Uint8Array(3)))
    expect(ticket.sizeBytes).toBe(3)
    expect(openTicket(PIECES).ticket.sizeBytes).toBeUndefined()
  })
})
