// An answer whose body was still coming at the headers and is whole by now: who takes the whole has to let go of its hold.
import { createTicket } from '../../src/engine/body-ticket.js'
import type { AnswerBody } from '../../src/model/answer-body.js'
import type { CacheAnswer } from '../../src/model/cache-answer.js'
import { EntryBody } from '../../src/model/entry-body.js'

/** Makes a body; `left` counts how often it was let go of. */
export function createArrivedBody(text: string): { readonly body: AnswerBody; left(): number } {
  const whole = new EntryBody(Buffer.from(text))
  let left = 0
  const body = createTicket({
    read: () => whole.stream(),
    leave: () => (left += 1),
    wholeNow: () => whole,
    sizeBytes: undefined,
    tooLarge: () => new RangeError('too large'),
  })
  return { body, left: () => left }
}

/** The answer to a miss with a body. */
export function missWith(body: AnswerBody): CacheAnswer {
  return {
    status: 200,
    headers: [],
    body,
    outcome: 'miss',
    because: 'not-in-cache',
    ageMs: 0,
    ttlMs: 60_000,
    tier: 'origin',
    url: 'https://api.example.com/',
    attempts: 1,
    key: 'abc',
    isStored: true,
    originStatus: 200,
    redirectedTo: undefined,
  }
}
