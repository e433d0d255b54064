import { expect, it } from 'vitest'
import type { RequestEvent } from '../../model/request-event.js'
import { debugLine } from './debug-line.js'

const event: RequestEvent = {
  id: '1',
  door: 'register',
  service: 'other',
  method: 'GET',
  url: 'https://api.example.com/data?key=REDACTED',
  key: 'k',
  outcome: 'hit',
  because: 'fresh',
  tier: 'memory',
  status: 200,
  ageMs: 0,
  durationMs: 0.3456,
  originMs: 0,
  bytes: 5,
  attempts: 0,
}

it('a line says what was asked and what came of it', () => {
  expect(debugLine(event)).toBe(
    '[cachette] GET https://api.example.com/data?key=REDACTED 200 hit fresh memory 0.3ms',
  )
})

it('a line of a call without a response has no status', () => {
  const failed = {
    ...event,
    status: 0,
    outcome: 'failed',
    because: 'origin-unreachable',
    tier: 'origin',
  } as const
  expect(debugLine(failed)).toMatch(/REDACTED - failed origin-unreachable origin 0\.3ms$/)
})
