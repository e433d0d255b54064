// Bodies of the shape that Spotify sends, made from the catalogue. Pure.
import { itemAt } from './catalogue.js'
import { codeFor, hashOf } from './random.js'
import { spotifyId, type SpotifyKind } from './spotify-ids.js'
import type { SpotifyShelf } from './spotify-shelf.js'

const SITE = 'https://open.spotify.com'
const IMAGES = 'https://i.scdn.co/image'

/** An artist as other things name them. */
function simpleArtist(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  return { ...named(shelf, 'artist', position), name: itemAt(shelf.catalogue.artists, position).name }
}

/** An artist. */
export function artist(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  return {
    ...simpleArtist(shelf, position),
    followers: { href: null, total: 1_000 + (hashOf(`followers ${position}`) % 5_000_000) },
    genres: itemAt(shelf.catalogue.artists, position).genres,
    images: images('artist', position),
    popularity: popularity('artist', position),
  }
}

/** An album as lists show it. */
export function simpleAlbum(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const album = itemAt(shelf.catalogue.albums, position)
  return {
    ...named(shelf, 'album', position),
    album_type: 'album',
    artists: [simpleArtist(shelf, album.artist)],
    available_markets: ['DE', 'ES', 'FR', 'GB', 'US'],
    images: images('album', position),
    name: album.name,
    release_date: album.released,
    release_date_precision: 'day',
    total_tracks: album.tracks.length,
  }
}

/** A track as its album lists it. */
export function simpleTrack(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const track = itemAt(shelf.tracks, position)
  return {
    ...named(shelf, 'track', position),
    artists: [simpleArtist(shelf, itemAt(shelf.catalogue.albums, track.album).artist)],
    disc_number: 1,
    duration_ms: track.ms,
    explicit: false,
    is_local: false,
    is_playable: true,
    name: track.name,
    preview_url: null,
    track_number: track.number,
  }
}

/** A track. */
export function track(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  return {
    ...simpleTrack(shelf, position),
    album: simpleAlbum(shelf, itemAt(shelf.tracks, position).album),
    external_ids: { isrc: `XX${codeFor(`isrc ${position}`, 10, '0123456789')}` },
    popularity: popularity('track', position),
  }
}

/** What an album tells beyond {@link simpleAlbum}, save its page of tracks. */
export function albumExtras(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const album = itemAt(shelf.catalogue.albums, position)
  return {
    copyrights: [{ text: `(C) ${album.released.slice(0, 4)} ${album.label}`, type: 'C' }],
    external_ids: { upc: codeFor(`upc ${position}`, 12, '0123456789') },
    genres: [],
    label: album.label,
    popularity: popularity('album', position),
  }
}

/** A playlist as lists show it; its name is a genre's. */
export function simplePlaylist(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const { genres } = itemAt(shelf.catalogue.artists, position)
  const snapshot = codeFor(`snapshot ${position}`, 32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789')
  return {
    ...named(shelf, 'playlist', position),
    collaborative: false,
    description: '',
    images: images('playlist', position).slice(0, 1),
    name: `${genres[0] ?? 'Mixed'} no. ${position + 1}`,
    owner: { display_name: 'Demo', id: 'demo', type: 'user', uri: 'spotify:user:demo' },
    public: true,
    snapshot_id: snapshot,
  }
}

/** A category to browse; it goes by a genre. */
export function category(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const id = codeFor(`category ${position}`, 12, 'abcdefghijklmnopqrstuvwxyz')
  return {
    href: `${shelf.baseUrl}/browse/categories/${id}`,
    icons: images('playlist', position).slice(0, 1),
    id,
    name: itemAt(shelf.names.playlist, position),
  }
}

/** One row of a playlist, under the old name (`track`) and the new (`item`). */
export function playlistRow(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const what = track(shelf, position)
  return { added_at: '2025-01-01T00:00:00Z', added_by: null, is_local: false, item: what, track: what }
}

/** A show; its name is a publisher's. */
export function show(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const publisher = itemAt(shelf.catalogue.publishers, position)
  return {
    ...named(shelf, 'show', position),
    description: `Conversations about the books of ${publisher}.`,
    explicit: false,
    images: images('show', position),
    languages: ['en'],
    media_type: 'audio',
    name: `${publisher} aloud`,
    publisher,
    total_episodes: 10,
  }
}

/** An episode; each show has ten. */
export function episode(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const book = itemAt(shelf.catalogue.books, position)
  return {
    ...named(shelf, 'episode', position),
    description: book.description,
    duration_ms: 1_200_000 + (hashOf(`episode ${position}`) % 2_400_000),
    explicit: false,
    images: images('episode', position),
    is_playable: true,
    languages: ['en'],
    name: book.title,
    release_date: book.published,
    release_date_precision: 'day',
  }
}

/** How a track sounds, as numbers. */
export function audioFeatures(shelf: SpotifyShelf, position: number): Record<string, unknown> {
  const share = (name: string): number => (hashOf(`${name} ${position}`) % 1000) / 1000
  const shares = ['acousticness', 'danceability', 'energy', 'liveness', 'speechiness', 'valence']
  const { id, uri, href } = named(shelf, 'track', position)
  return {
    ...Object.fromEntries(shares.map((name) => [name, share(name)])),
    analysis_url: `${shelf.baseUrl}/audio-analysis/${String(id)}`,
    duration_ms: itemAt(shelf.tracks, position).ms,
    id,
    instrumentalness: 0,
    key: position % 12,
    loudness: -7.5,
    mode: position % 2,
    tempo: 90 + (position % 80),
    time_signature: 4,
    track_href: href,
    type: 'audio_features',
    uri,
  }
}

function named(shelf: SpotifyShelf, kind: SpotifyKind, position: number): Record<string, unknown> {
  const id = spotifyId(kind, position)
  return {
    external_urls: { spotify: `${SITE}/${kind}/${id}` },
    href: `${shelf.baseUrl}/${kind}s/${id}`,
    id,
    type: kind,
    uri: `spotify:${kind}:${id}`,
  }
}

function images(kind: SpotifyKind, position: number): readonly Record<string, unknown>[] {
  return [640, 300, 64].map((size) => ({
    height: size,
    url: `${IMAGES}/${codeFor(`${kind} ${position} ${size}`, 40, '0123456789abcdef')}`,
    width: size,
  }))
}

function popularity(kind: SpotifyKind, position: number): number {
  return hashOf(`popularity ${kind} ${position}`) % 101
}
