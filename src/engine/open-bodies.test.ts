import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import type { AnswerBody } from '../model/answer-body.js'
import { EntryBody } from '../model/entry-body.js'
import { type TicketParts, createTicket } from './body-ticket.js'
import { type OpenBodies, createOpenBodies } from './open-bodies.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const PIECE = new Uint8Array([1])
/** Of an instance that has all the time that its readers want. */
const NEVER = new AbortController().signal

/** A body whose end comes when a test says so. */
function comingBody(): { body: AnswerBody; parts: TicketParts; end(): void } {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  const parts: TicketParts = {
    async *read() {
      yield PIECE
      await ended
    },
    leave: () => undefined,
    wholeNow: () => undefined,
    sizeBytes: undefined,
    tooLarge: () => new Error('too large'),
  }
  return { body: createTicket(parts), parts, end: () => end() }
}

async function isSettled(bodies: OpenBodies, cutOff = NEVER): Promise<boolean> {
  let isThere = false
  void bodies.settled(cutOff).then(() => (isThere = true))
  await turns()
  return isThere
}

it('what is being read is waited for until it is read, and what another one begins meanwhile too', async () => {
  const bodies = createOpenBodies()
  const [first, second] = [comingBody(), comingBody()]
  bodies.add(first.body)
  bodies.add(second.body)
  const reading = first.body.gather()
  let isThere = false
  const settled = bodies.settled(NEVER).then(() => (isThere = true))
  const other = second.body.gather()
  first.end()
  await reading
  await turns()
  expect(isThere).toBe(false)
  second.end()
  await other
  await settled
})

it('what nobody has begun to read, has let go of, or has whole, is not waited for', async () => {
  const bodies = createOpenBodies()
  const [unread, left] = [comingBody(), comingBody()]
  for (const body of [unread.body, left.body, new EntryBody(PIECE)]) bodies.add(body)
  const pieces = left.body.stream()[Symbol.asyncIterator]()
  await pieces.next()
  expect(await isSettled(bodies)).toBe(false)
  left.body.discard()
  expect(await isSettled(bodies)).toBe(true)
})

it('what was begun before it was told of is waited for', async () => {
  const bodies = createOpenBodies()
  const { body, end } = comingBody()
  const reading = body.gather()
  bodies.add(body)
  expect(await isSettled(bodies)).toBe(false)
  end()
  await reading
  expect(await isSettled(bodies)).toBe(true)
})

it('a reader who pauses is waited for until the cut-off, and nobody is after it', async () => {
  const bodies = createOpenBodies()
  const { body } = comingBody()
  bodies.add(body)
  await body.stream()[Symbol.asyncIterator]().next()
  const cutOff = new AbortController()
  let isThere = false
  const settled = bodies.settled(cutOff.signal).then(() => (isThere = true))
  await turns()
  expect(isThere).toBe(false)
  cutOff.abort()
  await settled
  expect(await isSettled(bodies, cutOff.signal)).toBe(true)
})

it('neither what nobody reads nor what somebody began to read and forgot is held', async () => {
  const bodies = createOpenBodies()
  const held = await Promise.all(
    [false, true].map(async (isRead) => {
      const { body, parts } = comingBody()
      bodies.add(body)
      if (isRead) await body.stream()[Symbol.asyncIterator]().next()
      return new WeakRef(parts)
    }),
  )
  await turns()
  collectGarbage()
  expect(held.map((parts) => parts.deref())).toEqual([undefined, undefined])
  // It is there all the while.
  expect(await isSettled(bodies)).toBe(false)
})
