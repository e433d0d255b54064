import { expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import { dueBytes } from './due-bytes.js'

const MIB = 1024 ** 2

const dueOf = (
  type: string | undefined,
  { isJudged = false, isStored = true, maxBodyBytes = 16 * MIB } = {},
): number =>
  dueBytes({
    call: { policy: policyWith({ maxBodyBytes }) },
    reply: { headers: type === undefined ? [] : [['content-type', type]] },
    isJudged,
    isStored,
  })

it('all that the answer waits for is due, whatever it is', () => {
  for (const type of ['application/json', 'text/event-stream', undefined])
    expect(dueOf(type, { isJudged: true, isStored: false, maxBodyBytes: 10 })).toBe(11)
})

it.each(['application/json', 'application/hal+json; charset=utf-8', 'text/html', 'text/csv'])(
  'the first MiB of %s is due where it would be stored, and nothing where not',
  (type) => {
    expect(dueOf(type)).toBe(MIB)
    expect(dueOf(type, { maxBodyBytes: 10 })).toBe(10)
    expect(dueOf(type, { isStored: false })).toBe(0)
  },
)

it.each([
  'text/event-stream',
  'Text/Event-Stream; charset=utf-8',
  'application/octet-stream',
  'image/png',
  undefined,
])('%s is a stream, and nothing of it is due', (type) => {
  expect(dueOf(type)).toBe(0)
})
