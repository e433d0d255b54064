import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../../model/header-list.js'
import { dateFieldMs, initialAgeMs } from './initial-age.js'

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 12, 0, 0, 900)
const dateAgo = (seconds: number): string => new Date(RECEIVED_AT_MS - seconds * 1_000).toUTCString()

function ageOf(headers: HeaderList, delayMs = 0): number {
  return initialAgeMs({
    response: { status: 200, headers },
    requestedAtMs: RECEIVED_AT_MS - delayMs,
    receivedAtMs: RECEIVED_AT_MS,
  })
}

describe('the age on arrival', () => {
  it.each([
    ['nothing where nothing is said', [], 0, 0],
    ['the time that the response took', [], 80, 80],
    ['its Age and that time', [['Age', '30']], 80, 30_080],
    ['nothing where its Date is of this second', [['Date', dateAgo(0)]], 0, 0],
    ['by its Date where that says older', [['Date', dateAgo(7_200)]], 80, 7_200_000],
    [
      'by its Age where that says older',
      [
        ['Date', dateAgo(10)],
        ['Age', '30'],
      ],
      0,
      30_000,
    ],
    ['not negative where its Date is to come', [['Date', dateAgo(-400)]], 0, 0],
    ['without a Date that is none', [['Date', 'foo']], 5, 5],
    ['without an Age that is none', [['Age', 'abc']], 5, 5],
    ['not negative where the clock went back', [], -500, 0],
  ] satisfies [string, HeaderList, number, number][])('is %s', (_, headers, delayMs, expected) => {
    expect(ageOf(headers, delayMs)).toBe(expected)
  })

  it('is never less than Age, the delay, or whole seconds since Date', () => {
    const seconds = fc.integer({ min: 0, max: 1e6 })
    fc.assert(
      fc.property(seconds, seconds, seconds, (age, ago, delayMs) => {
        const ms = ageOf(
          [
            ['Age', String(age)],
            ['Date', dateAgo(ago)],
          ],
          delayMs,
        )
        expect(ms).toBe(Math.max(age * 1_000 + delayMs, ago * 1_000))
      }),
    )
  })
})

describe('the Date of a response', () => {
  it('is that of its first field', () => {
    const headers = [
      ['date', dateAgo(1)],
      ['Date', dateAgo(2)],
    ] as const
    expect(dateFieldMs(headers, RECEIVED_AT_MS)).toBe(RECEIVED_AT_MS - 1_900)
    expect(dateFieldMs([], RECEIVED_AT_MS)).toBeUndefined()
  })
})
