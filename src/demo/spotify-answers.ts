// How Spotify's answers are put together: single things, several by id, pages, searches. Pure.
import { found, renamed, searchNames, type RouteBody, type RouteCall } from './provider-routes.js'
import { hashOf } from './random.js'
import * as bodies from './spotify-bodies.js'
import { SPOTIFY_KINDS, spotifyId, type SpotifyKind } from './spotify-ids.js'
import { spotifyError, spotifyPage } from './spotify-pages.js'
import type { SpotifyShelf } from './spotify-shelf.js'

/** The body of a route. */
export type SpotifyBody = (shelf: SpotifyShelf, call: RouteCall) => RouteBody
/** Makes the thing at a position. */
type Item = (shelf: SpotifyShelf, position: number) => object
/** Which things belong to the one at a position. */
type Members = (shelf: SpotifyShelf, position: number) => readonly number[]

const MOST_FOUND = 200
const MOST_IDS = 50
const SEARCH_LIMITS = { fallbackLimit: 5, maxLimit: 10 }
const LIST_LIMITS = { fallbackLimit: 20, maxLimit: 50 }

const ITEMS: Readonly<Record<SpotifyKind, Item>> = {
  artist: bodies.artist,
  album: bodies.simpleAlbum,
  track: bodies.track,
  playlist: bodies.simplePlaylist,
  show: bodies.show,
  episode: bodies.episode,
}

/** The thing that the path's `:id` names. */
export function one(kind: SpotifyKind, item: Item): SpotifyBody {
  return byId(kind, (shelf, position) => found(item(shelf, position)))
}

/** The things that `ids` names, `null` where there is none. */
export function several(kind: SpotifyKind, name: string, item: Item): SpotifyBody {
  return (shelf, { query }) => {
    const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '')
    if (ids.length === 0 || ids.length > MOST_IDS) return spotifyError(400, 'Invalid number of ids')
    const things = ids.map((id) => {
      const position = shelf.ids[kind].positionOf(id)
      return typeof position === 'number' ? item(shelf, position) : null
    })
    return found({ [name]: things })
  }
}

/** A page of what belongs to the thing that `:id` names. */
export function members(kind: SpotifyKind, membersOf: Members, item: Item): SpotifyBody {
  return byId(kind, (shelf, position, call) =>
    page(shelf, call, membersOf(shelf, position), item, (made) => made),
  )
}

/** All that belongs to the thing that `:id` names, under a name and without pages. */
export function listed(kind: SpotifyKind, name: string, membersOf: Members, item: Item): SpotifyBody {
  return byId(kind, (shelf, position) =>
    found({ [name]: membersOf(shelf, position).map((member) => item(shelf, member)) }),
  )
}

/** The thing that `:id` names, with the first page of what belongs to it. */
export function withMembers(
  kind: SpotifyKind,
  item: Item,
  names: readonly string[],
  membersOf: Members,
  memberItem: Item,
): SpotifyBody {
  return byId(kind, (shelf, position, call) => {
    const path = `${call.path}/${names[0] ?? ''}`
    const first = { ...call, path, query: new URLSearchParams({ limit: '50' }) }
    return page(shelf, first, membersOf(shelf, position), memberItem, (made) => ({
      ...item(shelf, position),
      ...Object.fromEntries(names.map((name) => [name, made])),
    }))
  })
}

/** A page of things of one kind, under a name. */
export function browse(name: string, kind: SpotifyKind, item: Item): SpotifyBody {
  return (shelf, call) => {
    const positions = [...shelf.names[kind].keys()].slice(0, 100)
    return page(shelf, call, positions, item, (made) => ({ [name]: made }))
  }
}

/** `/search`: a page for each type asked for. Field names in the text (`artist:`) are read over. */
export function search(shelf: SpotifyShelf, call: RouteCall): RouteBody {
  const text = (call.query.get('q') ?? '').replace(/\b(album|artist|track|year|genre|isrc|upc):/g, '')
  const types = (call.query.get('type') ?? '').split(',')
  const kinds = SPOTIFY_KINDS.filter((kind) => types.includes(kind))
  if (text.trim() === '') return spotifyError(400, 'No search query')
  if (kinds.length === 0) return spotifyError(400, 'Missing parameter type')
  const pages: Record<string, unknown> = {}
  for (const kind of kinds) {
    const positions = searchNames(shelf.names[kind], text, MOST_FOUND)
    const item = (position: number): object => ITEMS[kind](shelf, position)
    const made = spotifyPage({ positions, item, ...SEARCH_LIMITS }, call)
    if ('refusal' in made) return made.refusal
    pages[`${kind}s`] = made.page
  }
  return found(pages)
}

/** The tracks of an album. */
export const tracksOfAlbum: Members = ({ tracks }, album) =>
  [...tracks.keys()].filter((track) => tracks[track]?.album === album)

/** The albums of an artist. */
export const albumsOfArtist: Members = ({ catalogue }, artist) =>
  [...catalogue.albums.keys()].filter((album) => catalogue.albums[album]?.artist === artist)

/** Up to ten tracks of an artist. */
export const topTracksOfArtist: Members = (shelf, artist) =>
  albumsOfArtist(shelf, artist)
    .flatMap((album) => tracksOfAlbum(shelf, album))
    .slice(0, 10)

/** Ten positions from the one given on: enough for what has no order of its own. */
export const tenFrom: Members = (_, position) => Array.from({ length: 10 }, (__, index) => position + index)

/** Tracks for seeds; which ones, the seeds decide. */
export function recommendations(shelf: SpotifyShelf, { query }: RouteCall): RouteBody {
  const seeds = [...query].filter(([name]) => name.startsWith('seed_'))
  if (seeds.length === 0) return spotifyError(400, 'Missing seeds')
  const positions = tenFrom(shelf, hashOf(seeds.join()) % shelf.tracks.length)
  return found({
    seeds: seeds.map(([name, id]) => ({ id, type: name.slice('seed_'.length, -1) })),
    tracks: positions.map((position) => bodies.track(shelf, position)),
  })
}

/** The genres that recommendations can start from. */
export function genreSeeds({ catalogue }: SpotifyShelf): RouteBody {
  const genres = catalogue.artists.flatMap((artist) => artist.genres)
  return found({ genres: [...new Set(genres)].sort() })
}

/** An album with what lists leave out. */
export const fullAlbum: Item = (shelf, position) => ({
  ...bodies.simpleAlbum(shelf, position),
  ...bodies.albumExtras(shelf, position),
})

function byId(
  kind: SpotifyKind,
  make: (shelf: SpotifyShelf, position: number, call: RouteCall) => RouteBody,
): SpotifyBody {
  return (shelf, call) => {
    const position = shelf.ids[kind].positionOf(call.value('id'))
    if (position === 'malformed') return spotifyError(400, 'Invalid base62 id')
    if (position === undefined) return undefined
    return renamed(make(shelf, position, call), spotifyId(kind, position), call.value('id'))
  }
}

function page(
  shelf: SpotifyShelf,
  call: RouteCall,
  positions: readonly number[],
  item: Item,
  wrap: (page: object) => object,
): RouteBody {
  const made = spotifyPage({ positions, item: (position) => item(shelf, position), ...LIST_LIMITS }, call)
  return 'page' in made ? found(wrap(made.page)) : made.refusal
}
