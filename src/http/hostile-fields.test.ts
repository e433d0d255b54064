import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageFieldMs } from './age-field.js'
import { byteRange, contentRangeOf } from './byte-range.js'
import { cacheControlOf, cacheDirectives } from './cache-control.js'
import { entityTagOf, entityTagsOf } from './entity-tag.js'
import { httpDateMs } from './http-date.js'
import { demandsOf } from './request-demands.js'
import { saidLimits } from './rate-limit-fields.js'
import { responseDirectives } from './response-directives.js'
import { retryAtMs } from './retry-after.js'
import { selectingValue } from './selecting-value.js'
import { targetedDirectives } from './targeted-cache-control.js'
import { varyNames } from './vary.js'

const READERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['HTTP dates', (text) => httpDateMs(text, 0)],
  ['Retry-After', (text) => retryAtMs(text, 0)],
  ['RateLimit', (text) => saidLimits([['RateLimit', text]], 0)],
  [
    'X-RateLimit-Reset',
    (text) =>
      saidLimits(
        [
          ['X-RateLimit-Remaining', '1'],
          ['X-RateLimit-Reset', text],
        ],
        0,
      ),
  ],
  ['Cache-Control', (text) => cacheControlOf([['Cache-Control', text]])],
  ['response directives', (text) => responseDirectives(cacheDirectives([['Cache-Control', text]]))],
  ['CDN-Cache-Control', (text) => targetedDirectives([['CDN-Cache-Control', text]])],
  ['request directives', (text) => demandsOf([['Cache-Control', text]], 'default')],
  ['Pragma', (text) => demandsOf([['Pragma', text]], 'default')],
  ['Age', (text) => ageFieldMs([['Age', text]])],
  ['ETag', entityTagOf],
  ['If-None-Match', entityTagsOf],
  ['Range', (text) => byteRange(text, 10)],
  ['Content-Range', contentRangeOf],
  ['Vary', (text) => varyNames([['Vary', text]])],
  ['selecting headers', (text) => selectingValue([['Foo', text]], 'foo')],
  ['Accept-Language', (text) => selectingValue([['Accept-Language', text]], 'accept-language')],
]

/** Pieces that mean something to some field, or nearly. */
const PIECES = [
  ',',
  ';',
  '=',
  '"',
  '\\',
  ' ',
  '\t',
  '\n',
  '*',
  '-',
  'W/',
  'W/"',
  '="',
  '\\"',
  'max-age=',
  'no-cache="',
  'private',
  'bytes=',
  'bytes 0-',
  '9',
  '0.5',
  'q=',
  'en;q=0.',
  'no-cache',
  'Thu, 18 Aug 2050 02:01:18 GMT',
  '(',
  ')',
  ':',
  '?1',
  '@1',
  '%"',
  'é',
  '\ud800',
  '\0',
]

const messyText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })))
  .map((all) => all.join(''))

const BOMB_LENGTH = 65_536
/** Far beyond what one reading takes, far below what reading again and again would. */
const LIMIT_MS = 1_000

const BOMBS: readonly string[] = [
  ...PIECES,
  'a,',
  'a="',
  '"a,',
  '"a ',
  'a=b,',
  'a="\\",',
  'max-age=1,',
  'no-cache="a",',
  ', ',
  'no-cache ',
  'W/"a",',
  'en,',
  'a;q=0.1,',
  'a;b;c=',
].map((piece) => piece.repeat(Math.ceil(BOMB_LENGTH / piece.length)))

describe.each(READERS)('%s', (_, read) => {
  it('never throw, whatever the text', () => {
    fc.assert(
      fc.property(messyText, (text) => {
        read(text)
      }),
      { numRuns: 500 },
    )
  })

  it('take long texts in one go', () => {
    for (const bomb of BOMBS) {
      for (const text of [bomb, `max-age=60, ${bomb}`, `x="${bomb}`, `${bomb}"`, `bytes=${bomb}`]) {
        const began = performance.now()
        read(text)
        expect(performance.now() - began, JSON.stringify(text.slice(0, 40))).toBeLessThan(LIMIT_MS)
      }
    }
  })
})

describe('no-store', () => {
  const sound = fc
    .array(fc.constantFrom('public', 'max-age=60', 'x="a, b"', 'private="c"', '', 'y=\\', 'Immutable'))
    .map((members) => members.join(', '))

  it('is seen between whatever other directives', () => {
    fc.assert(
      fc.property(sound, sound, (before, after) => {
        const value = `${before}, No-Store ,${after}`
        expect(responseDirectives(cacheDirectives([['cache-control', value]])).noStore).toBe(true)
      }),
    )
  })
})
