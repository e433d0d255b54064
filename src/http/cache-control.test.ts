import { describe, expect, it } from 'vitest'
import { cacheControlOf } from './cache-control.js'

function directives(...values: string[]): Record<string, string> {
  return Object.fromEntries(cacheControlOf(values.map((value) => ['Cache-Control', value] as const)))
}

describe('Cache-Control', () => {
  it.each([
    ['', {}],
    ['no-store', { 'no-store': '' }],
    ['No-Store', { 'no-store': '' }],
    ['max-age=60, no-cache', { 'max-age': '60', 'no-cache': '' }],
    ['max-age =60, public', { 'max-age': '', '60': '', public: '' }],
    ['max-age= 60, public', { 'max-age': '', '60': '', public: '' }],
    ['no-store; max-age=0', { 'no-store': '', 'max-age': '0' }],
    ['private no-store', { private: '', 'no-store': '' }],
    ["max-age='60'", { 'max-age': "'60'" }],
    ['max-age="60"', { 'max-age': '60' }],
    ['max-age=', { 'max-age': '' }],
    ['private="set-cookie, x-a"', { private: 'set-cookie, x-a' }],
    ['community="a \\"no-store\\" b"', { community: 'a "no-store" b' }],
    ['max-age=1, max-age=2', { 'max-age': '1' }],
    [', ,no-store,', { 'no-store': '' }],
  ])('%s', (value, expected) => {
    expect(directives(value)).toEqual(expected)
  })

  it('is read across repeated fields', () => {
    expect(directives('max-age=60', 'no-store')).toEqual({ 'max-age': '60', 'no-store': '' })
  })

  it('does not take a quoted no-store for the directive', () => {
    expect(directives('private="no-store"')).not.toHaveProperty('no-store')
  })

  it('takes no-store for the directive where a quotation is never closed', () => {
    expect(directives('private="x, no-store')).toHaveProperty('no-store')
  })
})
