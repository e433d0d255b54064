// The filters of TMDB's discovery. Types only.
// Source: https://developer.themoviedb.org/reference/discover-movie and …/discover-tv
import type { TmdbPageOptions } from './options.js'

/** One value, or several that must all hold; in a string `,` means and, `|` means or. */
export type Filter = string | number | readonly (string | number)[]

/** Filters that films and series share. Dates as `YYYY-MM-DD`. */
interface DiscoverOptions extends TmdbPageOptions {
  includeAdult?: boolean
  voteAverageGte?: number
  voteAverageLte?: number
  voteCountGte?: number
  voteCountLte?: number
  /** An ISO 3166-1 code; needed with `withWatchProviders` and `withWatchMonetizationTypes`. */
  watchRegion?: string
  withCompanies?: Filter
  withGenres?: Filter
  withKeywords?: Filter
  withOriginCountry?: string
  withOriginalLanguage?: string
  /** In minutes. */
  withRuntimeGte?: number
  /** In minutes. */
  withRuntimeLte?: number
  /** `flatrate`, `free`, `ads`, `rent` or `buy`. */
  withWatchMonetizationTypes?: Filter
  withWatchProviders?: Filter
  withoutCompanies?: Filter
  withoutGenres?: Filter
  withoutKeywords?: Filter
  withoutWatchProviders?: Filter
}

/** Options of `discoverMovies`. */
export interface DiscoverMoviesOptions extends DiscoverOptions {
  /** Needs `region`. */
  certification?: string
  certificationGte?: string
  certificationLte?: string
  certificationCountry?: string
  includeVideo?: boolean
  primaryReleaseYear?: number
  primaryReleaseDateGte?: string
  primaryReleaseDateLte?: string
  /** An ISO 3166-1 code: whose release dates count. */
  region?: string
  releaseDateGte?: string
  releaseDateLte?: string
  /** Default `popularity.desc`. */
  sortBy?: `${
    | 'original_title'
    | 'popularity'
    | 'primary_release_date'
    | 'revenue'
    | 'title'
    | 'vote_average'
    | 'vote_count'}.${'asc' | 'desc'}`
  withCast?: Filter
  withCrew?: Filter
  withPeople?: Filter
  /** 1 premiere, 2 limited, 3 theatrical, 4 digital, 5 physical, 6 TV. */
  withReleaseType?: Filter
  year?: number
}

/** Options of `discoverTv`. */
export interface DiscoverTvOptions extends DiscoverOptions {
  airDateGte?: string
  airDateLte?: string
  firstAirDateYear?: number
  firstAirDateGte?: string
  firstAirDateLte?: string
  includeNullFirstAirDates?: boolean
  screenedTheatrically?: boolean
  /** Default `popularity.desc`. */
  sortBy?: `${'first_air_date' | 'name' | 'original_name' | 'popularity' | 'vote_average' | 'vote_count'}.${
    'asc' | 'desc'}`
  timezone?: string
  withNetworks?: Filter
  /** 0 returning, 1 planned, 2 in production, 3 ended, 4 cancelled, 5 pilot. */
  withStatus?: Filter
  /** 0 documentary, 1 news, 2 miniseries, 3 reality, 4 scripted, 5 talk show, 6 video. */
  withType?: Filter
}
