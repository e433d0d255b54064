// Bodies of TMDB's series: details, seasons, episodes and what can be appended to them. Types only.
import type { Credits, CreditedCast, CreditedCrew } from './person-types.js'
import type { CountryWatchProviders } from './movie-types.js'
import type {
  ExternalIds,
  Genre,
  Keyword,
  MediaImages,
  ProductionCompany,
  ProductionCountry,
  Review,
  SpokenLanguage,
  TmdbPage,
  TvListItem,
  Videos,
} from './types.js'

/** A series in full. Dates as `YYYY-MM-DD`, running times in minutes. */
export interface TvShow {
  id: number
  adult: boolean
  backdrop_path: string | null
  created_by: TvCreator[]
  episode_run_time: number[]
  /** Null or empty while unknown. */
  first_air_date: string | null
  genres: Genre[]
  homepage: string
  in_production: boolean
  languages: string[]
  last_air_date: string | null
  last_episode_to_air: TvEpisodeSummary | null
  name: string
  networks: ProductionCompany[]
  next_episode_to_air: TvEpisodeSummary | null
  number_of_episodes: number
  number_of_seasons: number
  origin_country: string[]
  original_language: string
  original_name: string
  overview: string
  popularity: number
  poster_path: string | null
  production_companies: ProductionCompany[]
  production_countries: ProductionCountry[]
  seasons: TvSeasonSummary[]
  spoken_languages: SpokenLanguage[]
  /** `Returning Series`, `Planned`, `In Production`, `Ended`, `Canceled` or `Pilot`. */
  status: string
  tagline: string
  /** `Documentary`, `News`, `Miniseries`, `Reality`, `Scripted`, `Talk Show` or `Video`. */
  type: string
  vote_average: number
  vote_count: number
}

/** Who created a series. */
export interface TvCreator {
  id: number
  credit_id: string
  gender: number
  name: string
  original_name?: string
  profile_path: string | null
}

/** A season as its series lists it. */
export interface TvSeasonSummary {
  id: number
  air_date: string | null
  episode_count: number
  name: string
  overview: string
  poster_path: string | null
  /** 0 holds the specials. */
  season_number: number
  /** Absent in answers recorded before 2023. */
  vote_average?: number
}

/** An episode without its people. */
export interface TvEpisodeSummary {
  id: number
  air_date: string | null
  episode_number: number
  /** `standard`, `mid_season` or `finale`; absent in answers recorded before 2023. */
  episode_type?: string
  name: string
  overview: string
  production_code: string
  runtime: number | null
  season_number: number
  show_id: number
  still_path: string | null
  vote_average: number
  vote_count: number
}

/** An episode with the people of that episode alone. */
export interface TvEpisode extends TvEpisodeSummary {
  crew: CreditedCrew[]
  guest_stars: CreditedCast[]
}

/** A season with its episodes. */
export interface TvSeason {
  _id: string
  id: number
  air_date: string | null
  episodes: TvEpisode[]
  name: string
  networks?: ProductionCompany[]
  overview: string
  poster_path: string | null
  season_number: number
  vote_average?: number
}

/** What `tv` can append, by the name it is asked for and appears under. */
export interface TvAppendices {
  aggregate_credits: { cast: AggregateCast[]; crew: AggregateCrew[] }
  alternative_titles: { results: { iso_3166_1: string; title: string; type: string }[] }
  content_ratings: { results: { descriptors?: string[]; iso_3166_1: string; rating: string }[] }
  credits: Credits
  external_ids: ExternalIds
  images: MediaImages
  keywords: { results: Keyword[] }
  recommendations: TmdbPage<TvListItem & { media_type: 'tv' }>
  reviews: TmdbPage<Review>
  similar: TmdbPage<TvListItem>
  translations: { translations: TvTranslation[] }
  videos: Videos
  'watch/providers': { results: { [country: string]: CountryWatchProviders } }
}

/** A name that `tv` can append. */
export type TvAppendix = keyof TvAppendices

/** What `tvSeason` can append, by the name it is asked for and appears under. */
export interface SeasonAppendices {
  aggregate_credits: { cast: AggregateCast[]; crew: AggregateCrew[] }
  credits: Credits
  external_ids: ExternalIds
  images: Pick<MediaImages, 'posters'>
  videos: Videos
}

/** A name that `tvSeason` can append. */
export type SeasonAppendix = keyof SeasonAppendices

/** Somebody in the cast over all episodes, with each role. */
export interface AggregateCast extends Omit<CreditedCast, 'character' | 'credit_id'> {
  roles: { character: string; credit_id: string; episode_count: number }[]
  total_episode_count: number
}

/** Somebody in the crew over all episodes, with each job. */
export interface AggregateCrew extends Omit<CreditedCrew, 'job' | 'credit_id'> {
  jobs: { job: string; credit_id: string; episode_count: number }[]
  total_episode_count: number
}

/** A series' texts in one language. */
export interface TvTranslation {
  iso_3166_1: string
  iso_639_1: string
  name: string
  english_name: string
  data: { homepage: string; name: string; overview: string; tagline: string }
}
