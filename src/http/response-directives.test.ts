import { describe, expect, it } from 'vitest'
import { cacheDirectives } from './cache-control.js'
import { type ResponseDirectives, responseDirectives } from './response-directives.js'

function read(...values: string[]): ResponseDirectives {
  return responseDirectives(cacheDirectives(values.map((value) => ['Cache-Control', value] as const)))
}

const SILENT: ResponseDirectives = {
  noStore: false,
  noCache: undefined,
  private: undefined,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  immutable: false,
  maxAgeMs: undefined,
  sMaxAgeMs: undefined,
  staleWhileRevalidateMs: undefined,
  staleIfErrorMs: undefined,
}

describe('the directives of a response', () => {
  it.each([
    ['', {}],
    ['foobar, extension="max-age=3600"', {}],
    ['No-StOrE', { noStore: true }],
    ['no-store=1', { noStore: true }],
    [
      'public, must-revalidate, proxy-revalidate',
      { public: true, mustRevalidate: true, proxyRevalidate: true },
    ],
    ['must-understand, immutable', { mustUnderstand: true, immutable: true }],
    ['max-age=60, s-maxage=5', { maxAgeMs: 60_000, sMaxAgeMs: 5_000 }],
    ['MaX-aGe=3600', { maxAgeMs: 3_600_000 }],
    ['max-age=003600', { maxAgeMs: 3_600_000 }],
    ['max-age="3600"', { maxAgeMs: 3_600_000 }],
    ['max-age=1, extension="max-age=3600"', { maxAgeMs: 1_000 }],
    ['extension="max-age=3600", max-age=1', { maxAgeMs: 1_000 }],
    [
      'stale-while-revalidate=30, stale-if-error=60',
      { staleWhileRevalidateMs: 30_000, staleIfErrorMs: 60_000 },
    ],
    ['no-cache, private', { noCache: 'response', private: 'response' }],
    ['no-cache="A, b"', { noCache: ['a', 'b'] }],
    ['private="Set-Cookie"', { private: ['set-cookie'] }],
  ])('%s', (value, expected) => {
    expect(read(value)).toEqual({ ...SILENT, ...expected })
  })

  it.each([
    'max-age',
    'max-age=',
    'max-age=-3600',
    "max-age='3600'",
    'max-age=3600.0',
    'max-age=a3600',
    'max-age=3600a',
    'max-age =3600',
    'max-age= 3600',
    'max-age="3600',
  ])('that say %s mean that it is stale', (value) => {
    expect(read(value)).toMatchObject({ maxAgeMs: 0 })
  })

  it.each([
    'no-cache=a',
    'no-cache=""',
    'no-cache="a b"',
    'no-cache=", ,"',
    'no-cache="a", no-cache',
    'no-cache="a',
  ])('that say %s mean the whole response', (value) => {
    expect(read(value)).toMatchObject({ noCache: 'response' })
  })
})

describe('a directive that is repeated', () => {
  it.each([
    [['max-age=60, max-age=60'], { maxAgeMs: 60_000 }],
    [['max-age=1800, max-age=1'], { maxAgeMs: 0 }],
    [['max-age=1', 'max-age=1800'], { maxAgeMs: 0 }],
    [['max-age=60', 'max-age=x'], { maxAgeMs: 0 }],
    [['no-cache="a"', 'max-age=3600', 'no-cache="b, a"'], { noCache: ['a', 'b'], maxAgeMs: 3_600_000 }],
  ])('as %j', (values, expected) => {
    expect(read(...values)).toMatchObject(expected)
  })
})
