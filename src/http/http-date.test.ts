import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { httpDateMs } from './http-date.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const INSTANT_MS = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('an HTTP date', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', INSTANT_MS],
    ['Sunday, 06-Nov-94 08:49:37 GMT', INSTANT_MS],
    ['Sun Nov  6 08:49:37 1994', INSTANT_MS],
    ['SUN, 06 Nov 1994 08:49:37 GMT', INSTANT_MS],
    ['Sun, 06 NOV 1994 08:49:37 GMT', INSTANT_MS],
    ['Sun, 06 Nov 1994 08:49:37 gMT', INSTANT_MS],
    ['Tue, 19 Jan 2038 14:14:08 GMT', Date.UTC(2038, 0, 19, 14, 14, 8)],
    ['Sun, 21 Nov 2286 04:46:39 GMT', Date.UTC(2286, 10, 21, 4, 46, 39)],
    ['Thursday, 18-Aug-50 02:01:18 GMT', Date.UTC(2050, 7, 18, 2, 1, 18)],
    ['Thu Aug  8 02:01:18 2050', Date.UTC(2050, 7, 8, 2, 1, 18)],
    ['Thu Aug 18 02:01:18 2050', Date.UTC(2050, 7, 18, 2, 1, 18)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['Mon, 01 Jan 0001 00:00:00 GMT', -62_135_596_800_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 253_402_300_799_000],
  ])('%s is read', (text, expected) => {
    expect(httpDateMs(text, NOW_MS)).toBe(expected)
  })

  it.each([
    '',
    '0',
    '-1',
    'foo',
    'Thu, 18 Aug 2050 02:01:18 UTC',
    'Thu, 18 Aug 2050 02:01:18 AEST',
    'Thu, 18 Aug 2050 02:01:18 +0000',
    'Thu, 18 Aug 2050 02:01:18',
    'Thu, 18 Aug 50 02:01:18 GMT',
    'Thu 18 Aug 2050 02:01:18 GMT',
    'Thu, 18  Aug  2050 02:01:18 GMT',
    'Thu, 18-Aug-2050 02:01:18 GMT',
    'Thu, 18 Aug 2050 02.01.18 GMT',
    'Thu, 18 Aug 2050 2:01:18 GMT',
    'Thu, 8 Aug 2050 02:01:18 GMT',
    'Thu, 18 Aug 2050 02:01 GMT',
    'Thu, 18 Aug 2050 24:00:00 GMT',
    'Thu, 18 Aug 2050 02:60:18 GMT',
    'Thu, 18 Aug 2050 02:01:61 GMT',
    'Thu, 31 Jun 2050 02:01:18 GMT',
    'Thu, 29 Feb 2025 02:01:18 GMT',
    'Thu, 00 Aug 2050 02:01:18 GMT',
    'Thu, 18 Foo 2050 02:01:18 GMT',
    'Xyz, 18 Aug 2050 02:01:18 GMT',
    'Thursday, 18 Aug 2050 02:01:18 GMT',
    'Thu, 18-Aug-50 02:01:18 GMT',
    'Thu Aug 8 02:01:18 2050',
    'Thu Aug  8 02:01:18 2050 GMT',
    ' Thu, 18 Aug 2050 02:01:18 GMT',
    'Thu, 18 Aug 2050 02:01:18 GMT ',
    'Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT',
    '2050-08-18T02:01:18Z',
    'Thu, 18 Aug ２０５０ 02:01:18 GMT',
  ])('is not %j', (text) => {
    expect(httpDateMs(text, NOW_MS)).toBeUndefined()
  })
})

describe('a year of two digits', () => {
  it.each([
    [Date.UTC(2026, 0, 15), '76', 2076],
    [Date.UTC(2026, 0, 15), '77', 1977],
    [Date.UTC(2026, 0, 15), '00', 2000],
    [Date.UTC(2026, 0, 15), '26', 2026],
    [Date.UTC(1999, 11, 31), '00', 2000],
    [Date.UTC(1999, 11, 31), '49', 2049],
    [Date.UTC(1999, 11, 31), '50', 1950],
    [Date.UTC(2090, 0, 15), '10', 2110],
    [Date.UTC(2090, 0, 15), '89', 2089],
  ])('at %i, %s is %i', (nowMs, digits, year) => {
    expect(httpDateMs(`Monday, 01-Jan-${digits} 00:00:00 GMT`, nowMs)).toBe(Date.UTC(year, 0, 1))
  })

  it('fifty years ahead to the second is to come, and a second more is past', () => {
    const at = (second: string): number | undefined =>
      httpDateMs(`Monday, 15-Jan-76 12:00:${second} GMT`, NOW_MS)
    expect(at('00')).toBe(Date.UTC(2076, 0, 15, 12))
    expect(at('01')).toBe(Date.UTC(1976, 0, 15, 12, 0, 1))
  })

  it('never lies more than 50 years ahead', () => {
    const year = fc.integer({ min: 0, max: 99 }).map((digits) => String(digits).padStart(2, '0'))
    const nowMs = fc.integer({ min: 0, max: Date.UTC(2500, 0, 1) })
    fc.assert(
      fc.property(year, nowMs, (digits, now) => {
        const ms = httpDateMs(`Monday, 15-Jun-${digits} 00:00:00 GMT`, now)
        expect(ms).toBeLessThanOrEqual(new Date(now).setUTCFullYear(new Date(now).getUTCFullYear() + 50))
        expect(ms).toBeGreaterThan(new Date(now).setUTCFullYear(new Date(now).getUTCFullYear() - 51))
      }),
    )
  })
})

describe('whatever the instant', () => {
  it('the preferred form and the old ones name it', () => {
    const second = fc.integer({ min: 0, max: Math.floor(Date.UTC(2075, 0, 1) / 1_000) })
    fc.assert(
      fc.property(second, (seconds) => {
        const ms = seconds * 1_000
        const preferred = new Date(ms).toUTCString()
        const [, day = '', month = '', year = '', time = ''] = preferred.split(/,? /)
        expect(httpDateMs(preferred, NOW_MS)).toBe(ms)
        expect(httpDateMs(`Thu ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`, NOW_MS)).toBe(ms)
        if (ms <= Date.UTC(1976, 0, 15, 12)) return
        expect(httpDateMs(`Friday, ${day}-${month}-${year.slice(2)} ${time} GMT`, NOW_MS)).toBe(ms)
      }),
    )
  })
})
