// The headers that Spotify sends with each kind of answer, as recorded between 2014 and 2021.
import type { HeaderList } from '../model/header-list.js'

/** The headers of a Spotify answer; those of errors have no `Cache-Control`. */
export function spotifyHeaders(cacheControl?: string, vary?: string): HeaderList {
  const headers: [string, string][] = [['Content-Type', 'application/json; charset=utf-8']]
  if (cacheControl !== undefined) headers.push(['Cache-Control', cacheControl])
  if (vary !== undefined) headers.push(['Vary', vary])
  headers.push(['Access-Control-Allow-Origin', '*'], ['Via', '1.1 google'])
  return headers
}

/** Tracks, albums, artists, searches: public for two hours. */
export const CATALOGUE = spotifyHeaders('public, max-age=7200')
/** Shows and episodes: public for a minute, with a validator. */
export const SPOKEN = spotifyHeaders('public, max-age=60')
/** Audio features, recommendations. */
export const PRIVATE = spotifyHeaders('private, max-age=0')
/** Playlists: to be asked for each time, with a validator. */
export const MUST_REVALIDATE = spotifyHeaders('public, max-age=0')
/** Categories. */
export const BROWSE = spotifyHeaders('public, max-age=600')
/** New releases and featured playlists: they differ by who asks. */
export const PERSONAL_BROWSE = spotifyHeaders('private, max-age=600', 'Authorization')
