import { describe, expect, it } from 'vitest'
import { suggestName } from './nearest-name.js'

describe('a misspelt name', () => {
  it.each([
    ['tll', '; did you mean "ttl"?'],
    ['TTL', '; did you mean "ttl"?'],
    ['baseurl', '; did you mean "baseURL"?'],
    ['negativTl', '; did you mean "negativeTtl"?'],
    ['colour', '; known here: ttl, baseURL, negativeTtl'],
    ['', '; known here: ttl, baseURL, negativeTtl'],
  ])('%j gets %j', (given, expected) => {
    expect(suggestName(given, ['ttl', 'baseURL', 'negativeTtl'])).toBe(expected)
  })

  it('has no neighbour among none', () => {
    expect(suggestName('ttl', [])).toBe('; known here: ')
  })
})
