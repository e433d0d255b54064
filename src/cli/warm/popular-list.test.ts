import { describe, expect, it } from 'vitest'
import { popularList } from './popular-list.js'

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
