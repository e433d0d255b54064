// Bodies of TMDB's films: details, what can be appended to them, collections, providers and changes. Types only.
import type { Credits } from './person-types.js'
import type {
  ExternalIds,
  Genre,
  Keyword,
  MediaImages,
  MovieListItem,
  ProductionCompany,
  ProductionCountry,
  Review,
  SpokenLanguage,
  TmdbPage,
  Videos,
} from './types.js'

/** A film in full. Money in US dollars, `runtime` in minutes. */
export interface Movie {
  id: number
  adult: boolean
  backdrop_path: string | null
  belongs_to_collection: CollectionSummary | null
  /** 0 while unknown. */
  budget: number
  genres: Genre[]
  homepage: string | null
  imdb_id: string | null
  /** Absent in answers recorded before 2024. */
  origin_country?: string[]
  original_language: string
  original_title: string
  overview: string | null
  popularity: number
  poster_path: string | null
  production_companies: ProductionCompany[]
  production_countries: ProductionCountry[]
  /** `YYYY-MM-DD`; empty while unknown. */
  release_date: string
  /** 0 while unknown. */
  revenue: number
  runtime: number | null
  spoken_languages: SpokenLanguage[]
  /** `Rumored`, `Planned`, `In Production`, `Post Production`, `Released` or `Canceled`. */
  status: string
  tagline: string | null
  title: string
  video: boolean
  vote_average: number
  vote_count: number
}

/** The collection that a film belongs to. */
export interface CollectionSummary {
  id: number
  name: string
  poster_path: string | null
  backdrop_path: string | null
}

/** A collection with its films. */
export interface Collection extends CollectionSummary {
  original_language?: string
  original_name?: string
  overview: string
  parts: (MovieListItem & { media_type?: 'movie' })[]
}

/** What `movie` can append, by the name it is asked for and appears under. */
export interface MovieAppendices {
  alternative_titles: { titles: { iso_3166_1: string; title: string; type: string }[] }
  credits: Credits
  external_ids: ExternalIds
  images: MediaImages
  keywords: { keywords: Keyword[] }
  recommendations: TmdbPage<MovieListItem & { media_type: 'movie' }>
  release_dates: { results: { iso_3166_1: string; release_dates: ReleaseDate[] }[] }
  reviews: TmdbPage<Review>
  similar: TmdbPage<MovieListItem>
  translations: { translations: MovieTranslation[] }
  videos: Videos
  'watch/providers': WatchProviders
}

/** A name that `movie` can append. */
export type MovieAppendix = keyof MovieAppendices

/** A release in one country. */
export interface ReleaseDate {
  certification: string
  descriptors?: string[]
  iso_639_1: string | null
  note?: string
  release_date: string
  /** 1 premiere, 2 limited, 3 theatrical, 4 digital, 5 physical, 6 TV. */
  type: number
}

/** A film's texts in one language. */
export interface MovieTranslation {
  iso_3166_1: string
  iso_639_1: string
  name: string
  english_name: string
  data: { homepage: string; overview: string; runtime: number; tagline: string; title: string }
}

/** Where a film can be watched, by ISO 3166-1 country. The data is JustWatch's, who must be named beside it. */
export interface WatchProviders {
  id?: number
  results: { [country: string]: CountryWatchProviders }
}

/** The offers in one country; `link` leads to TMDB's page with the deep links. */
export interface CountryWatchProviders {
  link: string
  flatrate?: WatchProvider[]
  rent?: WatchProvider[]
  buy?: WatchProvider[]
  ads?: WatchProvider[]
  free?: WatchProvider[]
}

/** One place to watch. */
export interface WatchProvider {
  display_priority: number
  logo_path: string | null
  provider_id: number
  provider_name: string
}

/** Ids of films that changed. */
export type MovieChanges = TmdbPage<{ id: number; adult: boolean | null }>
