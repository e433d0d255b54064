// What Spotify's answers are made of: the catalogue, its tracks in one row, and who is found under which id. Pure.
import type { Catalogue } from './catalogue.js'
import { createSpotifyIds, SPOTIFY_KINDS, type SpotifyIds, type SpotifyKind } from './spotify-ids.js'

/** One track, with its album's position. */
interface ShelfTrack {
  readonly album: number
  readonly number: number
  readonly name: string
  readonly ms: number
}

/** The content behind the paths. */
export interface SpotifyShelf {
  readonly catalogue: Catalogue
  readonly tracks: readonly ShelfTrack[]
  /** The names of the things of each kind, by position: what searches look through. */
  readonly names: Readonly<Record<SpotifyKind, readonly string[]>>
  readonly ids: Readonly<Record<SpotifyKind, SpotifyIds>>
  /** The address that links in bodies begin with. */
  readonly baseUrl: string
}

/** Lays a catalogue out. */
export function createSpotifyShelf(catalogue: Catalogue): SpotifyShelf {
  const tracks = catalogue.albums.flatMap((album, position) =>
    album.tracks.map(([name, ms], index) => ({ album: position, number: index + 1, name, ms })),
  )
  const names = {
    artist: catalogue.artists.map(({ name }) => name),
    album: catalogue.albums.map(({ name }) => name),
    track: tracks.map(({ name }) => name),
    playlist: catalogue.artists.map(({ genres }) => genres[0] ?? 'Mixed'),
    show: catalogue.publishers,
    episode: catalogue.books.map(({ title }) => title),
  }
  const ids = Object.fromEntries(
    SPOTIFY_KINDS.map((kind) => [kind, createSpotifyIds(kind, names[kind].length)]),
  ) as Record<SpotifyKind, SpotifyIds>
  return { catalogue, tracks, names, ids, baseUrl: '' }
}
