import { expect, it } from 'vitest'
import { turns } from '../../test/fuzz/body-harness.js'
import type { AnswerBody } from '../model/answer-body.js'
import { EntryBody } from '../model/entry-body.js'
import { createTicket } from './body-ticket.js'
import { createOpenBodies } from './open-bodies.js'

const PIECE = new Uint8Array([1])

/** A body whose end comes when a test says so. */
function comingBody(): { body: AnswerBody; end(): void } {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  const body = createTicket({
    async *read() {
      yield PIECE
      await ended
    },
    leave: () => undefined,
    wholeNow: () => undefined,
    sizeBytes: undefined,
    tooLarge: () => new Error('too large'),
  })
  return { body, end: () => end() }
}

async function isSettled(bodies: { settled(): Promise<void> }): Promise<boolean> {
  let isThere = false
  void bodies.settled().then(() => (isThere = true))
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
  const settled = bodies.settled().then(() => (isThere = true))
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
