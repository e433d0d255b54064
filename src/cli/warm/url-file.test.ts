import { describe, expect, it } from 'vitest'
import { UsageError } from '../usage-error.js'
import { parseUrlFile } from './url-file.js'

describe('parseUrlFile', () => {
  it('takes URLs, services before URLs, comments and blank lines', () => {
    const text =
      '\ufeff# popular\r\n\r\nhttps://a.example/1?x=2\r\n  tmdb https://b.example/2\nbooks\thttps://c.example/3\n'
    expect(parseUrlFile(text, 'urls.txt')).toEqual([
      { service: undefined, url: 'https://a.example/1?x=2' },
      { service: 'tmdb', url: 'https://b.example/2' },
      { service: 'books', url: 'https://c.example/3' },
    ])
  })

  it('names file and line of what it cannot read', () => {
    expect(() => parseUrlFile('https://a.example/\n/movie/550\n', 'urls.txt')).toThrow(
      /^urls\.txt:2: '\/movie\/550' is not a URL that begins with http:\/\/ or https:\/\//,
    )
    expect(() => parseUrlFile('tmdb https://a.example/ extra', 'urls.txt')).toThrow(
      /^urls\.txt:1: .*more than/,
    )
    expect(() => parseUrlFile('ftp://a.example/', 'urls.txt')).toThrow(UsageError)
  })

  it('shows the first bad lines and counts the rest', () => {
    expect(() => parseUrlFile('a\nb\nc\nd\ne', 'urls.txt')).toThrow(
      /urls\.txt:3: .*\nand 2 more\nNothing was called/,
    )
  })

  it('refuses a file without URLs', () => {
    expect(() => parseUrlFile('# nothing\n', 'urls.txt')).toThrow('urls.txt holds no URL')
  })
})
