import { describe, expect, it } from 'vitest'
import { truncate, truncateMiddle } from './truncate.js'

describe('truncate', () => {
  it('counts terminal cells, not characters', () => {
    expect(truncate('千と千尋', 8)).toBe('千と千尋')
    expect(truncate('千と千尋', 7)).toBe('千と千…')
    expect(truncate('千と千尋', 6)).toBe('千と…')
    expect(truncate('👩‍👩‍👧 family', 5)).toBe('👩‍👩‍👧 f…')
    expect(truncate('abc', 0)).toBe('')
  })
})

describe('truncateMiddle', () => {
  it('keeps beginning and end', () => {
    expect(truncateMiddle('https://api.example.com/search?q=Inception', 21)).toBe('https://ap…=Inception')
    expect(truncateMiddle('千と千尋の神隠し', 8)).toBe('千と…し')
    expect(truncateMiddle('short', 8)).toBe('short')
  })
})
