// What callers may say to TMDB's endpoints. Names are the API's in camel case; a name with `_` or `.` is the
// API's own and goes out as it is. Types only.
import type { ParamValue } from '../../model/cache-request.js'
import type { ProviderCallOptions } from '../provider-service.js'

/** Options of every call to TMDB. */
export interface TmdbOptions extends ProviderCallOptions {
  /** The language of texts, such as `fr` or `fr-FR`. Default `en-US`. */
  language?: string
  /** Any parameter by the API's own name, such as `session_id`. */
  [apiName: `${string}_${string}`]: ParamValue
  /** Any parameter by the API's own name, such as `vote_average.gte`. */
  [apiName: `${string}.${string}`]: ParamValue
}

/** Options of a list in pages. */
export interface TmdbPageOptions extends TmdbOptions {
  /** 1 to 500. Default 1. */
  page?: number
}

/** Options of lists that depend on where one is. */
export interface TmdbRegionOptions extends TmdbPageOptions {
  /** An ISO 3166-1 code such as `FR`: whose release dates count. */
  region?: string
}

/** Options of searches. */
export interface TmdbSearchOptions extends TmdbPageOptions {
  /** Default false. */
  includeAdult?: boolean
}

/** Options of `searchMovies`. */
export interface SearchMoviesOptions extends TmdbSearchOptions {
  /** The year of the first release. */
  primaryReleaseYear?: number | string
  /** An ISO 3166-1 code: whose release dates count. */
  region?: string
  /** The year of any release. */
  year?: number | string
}

/** Options of `searchTv`. */
export interface SearchTvOptions extends TmdbSearchOptions {
  /** The year of the first episode. */
  firstAirDateYear?: number
  /** The year of any episode. */
  year?: number
}

/** Options of details to which other answers can be appended. */
export interface TmdbDetailsOptions<Appendix extends string> extends TmdbOptions {
  /** Up to 20 other answers to put into this one, each under its name. Their order does not matter. */
  append?: readonly Appendix[]
  /** Languages of appended images, such as `en,null`. */
  includeImageLanguage?: string | readonly string[]
  /** Languages of appended videos, such as `en`. */
  includeVideoLanguage?: string | readonly string[]
}

/** Options of `movieImages`. */
export interface TmdbImagesOptions extends TmdbOptions {
  /** Languages of the text on the images, `null` being none: `['en', 'null']`. */
  includeImageLanguage?: string | readonly string[]
}

/** Options of `movieVideos`. */
export interface TmdbVideosOptions extends TmdbOptions {
  /** Languages beside `language`. */
  includeVideoLanguage?: string | readonly string[]
}

/** Options of `find`. */
export interface FindOptions extends TmdbOptions {
  /** Whose id it is. Default `imdb_id`. */
  externalSource?:
    | 'imdb_id'
    | 'facebook_id'
    | 'instagram_id'
    | 'tiktok_id'
    | 'tvdb_id'
    | 'twitter_id'
    | 'wikidata_id'
    | 'youtube_id'
}

/** Options of `movieChanges`: a span of at most 14 days, dates as `YYYY-MM-DD`. */
export interface ChangesOptions extends TmdbPageOptions {
  /** Default yesterday. */
  startDate?: string
  /** Default today. */
  endDate?: string
}
