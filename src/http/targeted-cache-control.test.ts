import { describe, expect, it } from 'vitest'
import { targetedDirectives } from './targeted-cache-control.js'

describe('CDN-Cache-Control', () => {
  it.each([
    ['max-age=3600', { maxAgeMs: 3_600_000 }],
    ['max-age=0', { maxAgeMs: 0 }],
    ['max-age=99999999999', { maxAgeMs: 2 ** 31 * 1_000 }],
    ['foobar, max-age=3600', { maxAgeMs: 3_600_000 }],
    ['max-age=3600;foo=bar', { maxAgeMs: 3_600_000 }],
    ['max-age=1, max-age=5', { maxAgeMs: 5_000 }],
    ['private', { private: 'response' }],
    ['no-cache', { noCache: 'response' }],
    ['no-cache="a, b"', { noCache: ['a', 'b'] }],
    ['no-store', { noStore: true }],
    ['foo', { noStore: false, maxAgeMs: undefined }],
  ])('%s is read', (value, expected) => {
    expect(targetedDirectives([['CDN-Cache-Control', value]])).toMatchObject(expected)
  })

  it.each([
    ['max-age="10000"', { maxAgeMs: 0 }],
    ['max-age=10.5', { maxAgeMs: 0 }],
    ['max-age=-1', { maxAgeMs: 0 }],
    ['max-age=(1 2)', { maxAgeMs: 0 }],
    ['max-age', { maxAgeMs: 0 }],
    ['no-cache=a', { noCache: 'response' }],
    ['private=1', { private: 'response' }],
    ['no-store=?0', { noStore: true }],
  ])('%s is read as the strictest it could mean', (value, expected) => {
    expect(targetedDirectives([['CDN-Cache-Control', value]])).toMatchObject(expected)
  })

  it.each([
    '',
    ' ',
    'max-age =100',
    'max-age= 100',
    'MaX-aGe=3600',
    'max-age=10000, &&&&&',
    'max-age=10,',
    'é',
  ])('%j is as if it were not there', (value) => {
    expect(targetedDirectives([['CDN-Cache-Control', value]])).toBeUndefined()
  })

  it('is one list over several lines', () => {
    const headers = [
      ['CDN-Cache-Control', 'max-age=60'],
      ['cdn-cache-control', 'private'],
    ] as const
    expect(targetedDirectives(headers)).toMatchObject({ maxAgeMs: 60_000, private: 'response' })
  })
})

describe('a list of targets', () => {
  const headers = [
    ['CDN-Cache-Control', 'max-age=60'],
    ['Own-Cache-Control', 'max-age=5'],
    ['Bad-Cache-Control', '&&'],
  ] as const

  it.each([
    [['own-cache-control', 'cdn-cache-control'], 5_000],
    [['cdn-cache-control', 'own-cache-control'], 60_000],
    [['bad-cache-control', 'cdn-cache-control'], 60_000],
    [['no-cache-control', 'own-cache-control'], 5_000],
  ])('%j obeys the first that is valid', (targets, maxAgeMs) => {
    expect(targetedDirectives(headers, targets)).toMatchObject({ maxAgeMs })
  })

  it('may be empty', () => {
    expect(targetedDirectives(headers, [])).toBeUndefined()
  })
})
