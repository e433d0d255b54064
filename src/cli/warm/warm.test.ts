import { describe, expect, it } from 'vitest'
import { UsageError } from '../usage-error.js'
import { popularList } from './popular-list.js'
import { passesToShow } from './report-view.js'
import { bestHitRate } from './tally.js'
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

describe('popularList', () => {
  const tmdb = {
    name: 'tmdb',
    baseURL: 'https://api.example.com/3/',
    hosts: [],
    hasCredentials: true,
    missing: [],
    popular: ['/movie/550', 'trending/movie/day'],
  }
  const spotify = { ...tmdb, name: 'spotify', hasCredentials: false, missing: ['SPOTIFY_CLIENT_ID'] }

  it('puts popular paths below the base URL and skips services without credentials', () => {
    expect(popularList([tmdb, spotify], undefined)).toEqual({
      requests: [
        { service: 'tmdb', url: 'https://api.example.com/3/movie/550' },
        { service: 'tmdb', url: 'https://api.example.com/3/trending/movie/day' },
      ],
      skipped: [{ service: 'spotify', because: 'no credentials; set SPOTIFY_CLIENT_ID' }],
    })
  })

  it('says why nothing is left', () => {
    expect(() => popularList([spotify], undefined)).toThrow(
      /no service is left to warm \(spotify: no credentials/,
    )
  })

  it('names the nearest service for one that does not exist', () => {
    expect(() => popularList([tmdb, spotify], 'spotfy')).toThrow(
      /no service 'spotfy'.*Did you mean 'spotify'\?/,
    )
  })
})

describe('figures of a warm-up', () => {
  it('the best hit rate of a stream is 1 − distinct/requests', () => {
    expect(bestHitRate(20, 1_000)).toBe(98)
    expect(bestHitRate(0, 0)).toBe(0)
  })

  it('shows the first three passes, about ten more, and the last', () => {
    expect(passesToShow(1)).toEqual([0])
    expect(passesToShow(5)).toEqual([0, 1, 2, 3, 4])
    expect(passesToShow(50)).toEqual([0, 1, 2, 4, 9, 14, 19, 24, 29, 34, 39, 44, 49])
    expect(passesToShow(1_003).at(-1)).toBe(1_002)
  })
})
