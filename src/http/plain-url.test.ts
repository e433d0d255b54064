import { describe, expect, it } from 'vitest'
import { isPlainUrl } from './plain-url.js'

describe('a URL', () => {
  it.each([
    'http://a.example/',
    'http://a.example',
    'http://A.example:80/b?c=%2F&d',
    'https://a.example/b%20c/?',
    'https://a.example/b?c=../d',
  ])('%s is sent in the words of its key', (url) => {
    expect(isPlainUrl(url)).toBe(true)
  })

  it.each([
    'http://a.example/x/../b',
    'http://a.example/x/%2e%2e/b',
    'http://a.example/./b',
    'http://a.example/a\\b',
    'http://a.example/caf\u00e9',
    'http://a.example/b c',
    'no url',
  ])('%s is rewritten by those who read it', (url) => {
    expect(isPlainUrl(url)).toBe(false)
  })
})
