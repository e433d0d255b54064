// The table of Spotify's paths: headers and answer of each. Pure.
import type { HeaderList } from '../model/header-list.js'
import type { Catalogue } from './catalogue.js'
import type { Route } from './provider-routes.js'
import * as answers from './spotify-answers.js'
import * as bodies from './spotify-bodies.js'
import * as headers from './spotify-headers.js'
import { createSpotifyShelf } from './spotify-shelf.js'

const { browse, listed, members, one, several, withMembers } = answers
const { albumsOfArtist, tenFrom, topTracksOfArtist, tracksOfAlbum } = answers

const ALBUM = withMembers('album', answers.fullAlbum, ['tracks'], tracksOfAlbum, bodies.simpleTrack)
// Items under both names: the new one and the one it had before February 2026.
const PLAYLIST = withMembers(
  'playlist',
  bodies.simplePlaylist,
  ['items', 'tracks'],
  tenFrom,
  bodies.playlistRow,
)
const PLAYLIST_ITEMS = members('playlist', tenFrom, bodies.playlistRow)

const ROWS: readonly (readonly [string, HeaderList, answers.SpotifyBody, etag?: 'strong'])[] = [
  ['/search', headers.CATALOGUE, answers.search],
  ['/tracks', headers.CATALOGUE, several('track', 'tracks', bodies.track)],
  ['/tracks/:id', headers.CATALOGUE, one('track', bodies.track)],
  ['/albums', headers.CATALOGUE, several('album', 'albums', answers.fullAlbum)],
  ['/albums/:id', headers.CATALOGUE, ALBUM],
  ['/albums/:id/tracks', headers.CATALOGUE, members('album', tracksOfAlbum, bodies.simpleTrack)],
  ['/artists', headers.CATALOGUE, several('artist', 'artists', bodies.artist)],
  ['/artists/:id', headers.CATALOGUE, one('artist', bodies.artist)],
  ['/artists/:id/albums', headers.CATALOGUE, members('artist', albumsOfArtist, bodies.simpleAlbum)],
  ['/artists/:id/top-tracks', headers.CATALOGUE, listed('artist', 'tracks', topTracksOfArtist, bodies.track)],
  ['/artists/:id/related-artists', headers.CATALOGUE, listed('artist', 'artists', tenFrom, bodies.artist)],
  ['/playlists/:id', headers.MUST_REVALIDATE, PLAYLIST, 'strong'],
  ['/playlists/:id/items', headers.MUST_REVALIDATE, PLAYLIST_ITEMS, 'strong'],
  ['/playlists/:id/tracks', headers.MUST_REVALIDATE, PLAYLIST_ITEMS, 'strong'],
  ['/browse/new-releases', headers.PERSONAL_BROWSE, browse('albums', 'album', bodies.simpleAlbum)],
  [
    '/browse/featured-playlists',
    headers.PERSONAL_BROWSE,
    browse('playlists', 'playlist', bodies.simplePlaylist),
  ],
  ['/browse/categories', headers.BROWSE, browse('categories', 'playlist', bodies.category)],
  ['/audio-features', headers.PRIVATE, several('track', 'audio_features', bodies.audioFeatures)],
  ['/audio-features/:id', headers.PRIVATE, one('track', bodies.audioFeatures)],
  ['/recommendations', headers.PRIVATE, answers.recommendations],
  ['/recommendations/available-genre-seeds', headers.PRIVATE, answers.genreSeeds],
  ['/shows/:id', headers.SPOKEN, one('show', bodies.show), 'strong'],
  ['/shows/:id/episodes', headers.SPOKEN, members('show', tenFrom, bodies.episode), 'strong'],
  ['/episodes', headers.SPOKEN, several('episode', 'episodes', bodies.episode), 'strong'],
  ['/episodes/:id', headers.SPOKEN, one('episode', bodies.episode), 'strong'],
]

/** All routes over a catalogue. */
export function spotifyTable(catalogue: Catalogue): readonly Route[] {
  const shelf = createSpotifyShelf(catalogue)
  return ROWS.map(([pattern, list, body, etag]) => ({
    pattern,
    headers: list,
    etag: etag ?? 'none',
    body: (call) => body({ ...shelf, baseUrl: call.baseUrl }, call),
  }))
}
