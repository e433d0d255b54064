import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayWindow } from './day-window.js'

const HOUR_MS = 3_600_000

const at = (text: string): number => Date.parse(text)

describe('the day round an instant', () => {
  it.each([
    // [time zone, begins at, instant, began, ends, hours]
    ['UTC', '00:00', '2026-01-15T12:00:00Z', '2026-01-15T00:00:00Z', '2026-01-16T00:00:00Z', 24],
    ['UTC', '18:30', '2026-01-15T12:00:00Z', '2026-01-14T18:30:00Z', '2026-01-15T18:30:00Z', 24],
    ['UTC', '00:00', '2026-01-15T00:00:00Z', '2026-01-15T00:00:00Z', '2026-01-16T00:00:00Z', 24],
    ['UTC', '00:00', '2026-01-14T23:59:59.999Z', '2026-01-14T00:00:00Z', '2026-01-15T00:00:00Z', 24],
    [
      'America/Los_Angeles',
      '00:00',
      '2026-01-15T12:00:00Z',
      '2026-01-15T08:00:00Z',
      '2026-01-16T08:00:00Z',
      24,
    ],
    [
      'America/Los_Angeles',
      '00:00',
      '2026-07-15T02:00:00Z',
      '2026-07-14T07:00:00Z',
      '2026-07-15T07:00:00Z',
      24,
    ],
    // Clocks go forward on 8 March 2026 at 02:00, and back on 1 November at 02:00.
    [
      'America/Los_Angeles',
      '00:00',
      '2026-03-08T20:00:00Z',
      '2026-03-08T08:00:00Z',
      '2026-03-09T07:00:00Z',
      23,
    ],
    [
      'America/Los_Angeles',
      '00:00',
      '2026-11-01T20:00:00Z',
      '2026-11-01T07:00:00Z',
      '2026-11-02T08:00:00Z',
      25,
    ],
    // 02:30 is skipped: it comes at 03:30, summer time.
    [
      'America/Los_Angeles',
      '02:30',
      '2026-03-08T12:00:00Z',
      '2026-03-08T10:30:00Z',
      '2026-03-09T09:30:00Z',
      23,
    ],
    // 01:30 is shown twice: it counts the first time.
    [
      'America/Los_Angeles',
      '01:30',
      '2026-11-01T10:00:00Z',
      '2026-11-01T08:30:00Z',
      '2026-11-02T09:30:00Z',
      25,
    ],
    ['Asia/Kathmandu', '00:00', '2026-01-15T12:00:00Z', '2026-01-14T18:15:00Z', '2026-01-15T18:15:00Z', 24],
    [
      'Pacific/Kiritimati',
      '00:00',
      '2026-01-15T11:00:00Z',
      '2026-01-15T10:00:00Z',
      '2026-01-16T10:00:00Z',
      24,
    ],
    // Half an hour of daylight saving.
    [
      'Australia/Lord_Howe',
      '00:00',
      '2026-04-05T05:00:00Z',
      '2026-04-04T13:00:00Z',
      '2026-04-05T13:30:00Z',
      24.5,
    ],
  ])('%s from %s, at %s', (timeZone, resetsAt, now, began, ends, hours) => {
    const window = dayWindow({ resetsAt, timeZone }, at(now))
    expect(window).toEqual({ beganAtMs: at(began), endsAtMs: at(ends) })
    expect((window.endsAtMs - window.beganAtMs) / HOUR_MS).toBe(hours)
  })

  it('holds the instant, meets its neighbours, and is the same for all instants in it', () => {
    const zone = fc.constantFrom(
      'UTC',
      'America/Los_Angeles',
      'Europe/Paris',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
    )
    const time = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
    const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') })
    fc.assert(
      fc.property(zone, time, instant, (timeZone, resetsAt, nowMs) => {
        const beginning = { resetsAt, timeZone }
        const { beganAtMs, endsAtMs } = dayWindow(beginning, nowMs)
        expect(beganAtMs).toBeLessThanOrEqual(nowMs)
        expect(endsAtMs).toBeGreaterThan(nowMs)
        expect(endsAtMs - beganAtMs).toBeGreaterThanOrEqual(22 * HOUR_MS)
        expect(endsAtMs - beganAtMs).toBeLessThanOrEqual(26 * HOUR_MS)
        expect(dayWindow(beginning, endsAtMs).beganAtMs).toBe(endsAtMs)
        expect(dayWindow(beginning, endsAtMs - 1)).toEqual({ beganAtMs, endsAtMs })
      }),
      { numRuns: 300 },
    )
  })

  it('names a time zone that nobody knows', () => {
    expect(() => dayWindow({ resetsAt: '00:00', timeZone: 'Mars/Olympus' }, 0)).toThrow(RangeError)
  })
})
