// What callers may say to Spotify's endpoints. Names are the API's in camel case; a name with `_` is the API's
// own and goes out as it is. Types only.
import type { ParamValue } from '../../model/cache-request.js'
import type { ProviderCallOptions } from '../provider-service.js'
import type { SearchType } from './listing-types.js'

/** Options of every call to Spotify. */
export interface SpotifyOptions extends ProviderCallOptions {
  /** Any parameter by the API's own name. */
  [apiName: `${string}_${string}`]: ParamValue
}

/** Options of calls that depend on where one is. */
export interface SpotifyMarketOptions extends SpotifyOptions {
  /**
   * An ISO 3166-1 code such as `FR`: only what can be played there, and tracks that stand in for others. Without
   * it, and without a user's token, shows and episodes may be answered with 404.
   */
  market?: string
}

/** Options of a list by offset. */
export interface SpotifyPageOptions extends SpotifyOptions {
  /** How many at most; the limit depends on the endpoint. */
  limit?: number
  /** From which on; the first is 0. */
  offset?: number
}

/** Options of a list by offset that depends on where one is. */
export interface SpotifyMarketPageOptions extends SpotifyPageOptions, SpotifyMarketOptions {}

/** Options of searches for one kind. `limit` is 5 by default and at most 10, `offset` at most 1000. */
export interface SpotifySearchOptions extends SpotifyMarketPageOptions {
  /** `audio` counts what can only be played outside Spotify as playable. */
  includeExternal?: 'audio'
}

/** Options of `search`. */
export interface SearchOptions<Type extends SearchType> extends SpotifySearchOptions {
  /** What to search for: one kind or several. Their order does not matter. */
  type: Type | readonly Type[]
}

/** Options of `artistAlbums`. `limit` is 5 by default and at most 10. */
export interface ArtistAlbumsOptions extends SpotifyMarketPageOptions {
  /** Only these groups. Default all. */
  includeGroups?: AlbumGroup | readonly AlbumGroup[]
}

/** A group of an artist's albums. */
export type AlbumGroup = 'album' | 'single' | 'appears_on' | 'compilation'

/** Options of `playlist` and, with limit and offset, of `playlistItems`. */
export interface PlaylistOptions extends SpotifyMarketOptions {
  /** Only these fields, such as `snapshot_id` or `items(total)`: the rest of the type is then absent. */
  fields?: string
  /** What items may hold beside tracks. */
  additionalTypes?: 'track' | 'episode' | readonly ('track' | 'episode')[]
}

/** Options of `playlistItems`. `limit` is at most 50. */
export interface PlaylistItemsOptions extends PlaylistOptions, SpotifyPageOptions {}

/** Options of `categories`. `limit` is 20 by default and at most 50. */
export interface CategoriesOptions extends SpotifyPageOptions {
  /** Language and country, such as `fr_FR`. */
  locale?: string
}

/** What recommendations can be bounded by or aim at. */
type Tunable =
  | 'Acousticness'
  | 'Danceability'
  | 'DurationMs'
  | 'Energy'
  | 'Instrumentalness'
  | 'Key'
  | 'Liveness'
  | 'Loudness'
  | 'Mode'
  | 'Popularity'
  | 'Speechiness'
  | 'Tempo'
  | 'TimeSignature'
  | 'Valence'

/** Options of `recommendations`: up to five seeds in all; `minEnergy`, `maxTempo`, `targetValence` and the like. */
export type RecommendationsOptions = SpotifyMarketOptions & {
  /** 20 by default, at most 100. */
  limit?: number
  seedArtists?: readonly string[]
  seedGenres?: readonly string[]
  seedTracks?: readonly string[]
} & { [Name in `${'min' | 'max' | 'target'}${Tunable}`]?: number }
