// Spotify's ids in the demo: 22 letters and digits that lead back to a position in the catalogue. Pure.
import { codeFor, hashOf } from './random.js'

const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Ids that begin so are not found; any other stands for an item, so that an id seen elsewhere works too. */
const MISSING = '000'

/** The kinds of things that have ids. */
export const SPOTIFY_KINDS = ['artist', 'album', 'track', 'playlist', 'show', 'episode'] as const

/** A kind of thing that has ids. */
export type SpotifyKind = (typeof SPOTIFY_KINDS)[number]

/** The id of the thing at a position. */
export function spotifyId(kind: SpotifyKind, position: number): string {
  return `7${codeFor(`${kind} ${position}`, 21, BASE62)}`
}

/** Positions by id. */
export interface SpotifyIds {
  /** The position that an id stands for; `undefined` is not found, `'malformed'` is no id at all. */
  positionOf(id: string): number | 'malformed' | undefined
}

/** The ids of one kind of thing. */
export function createSpotifyIds(kind: SpotifyKind, count: number): SpotifyIds {
  const positions = new Map(
    Array.from({ length: count }, (_, position) => [spotifyId(kind, position), position]),
  )
  return {
    positionOf(id) {
      if (!/^[0-9A-Za-z]{22}$/.test(id)) return 'malformed'
      return positions.get(id) ?? (id.startsWith(MISSING) ? undefined : hashOf(id) % count)
    },
  }
}
