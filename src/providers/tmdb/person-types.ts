// Bodies of TMDB's people, credits, and of lookups by foreign ids. Types only.
import type { TvEpisodeSummary, TvSeasonSummary } from './tv-types.js'
import type {
  ExternalIds,
  KnownFor,
  MovieListItem,
  MovieMedia,
  PersonMedia,
  TmdbImage,
  TmdbPage,
  TvListItem,
  TvMedia,
} from './types.js'

/** A person in full. Dates as `YYYY-MM-DD`. */
export interface Person {
  id: number
  adult: boolean
  also_known_as: string[]
  biography: string
  birthday: string | null
  deathday: string | null
  /** 0 not set, 1 female, 2 male, 3 non-binary. */
  gender: number
  homepage: string | null
  imdb_id: string | null
  known_for_department: string
  name: string
  place_of_birth: string | null
  popularity: number
  profile_path: string | null
}

/** What `person` can append, by the name it is asked for and appears under. */
export interface PersonAppendices {
  combined_credits: Omit<PersonCredits, 'id'>
  external_ids: ExternalIds
  images: { profiles: TmdbImage[] }
  movie_credits: { cast: (MovieListItem & CastPart)[]; crew: (MovieListItem & CrewPart)[] }
  tagged_images: TmdbPage<TaggedImage>
  translations: { translations: PersonTranslation[] }
  tv_credits: { cast: (TvListItem & TvCastPart)[]; crew: (TvListItem & TvCrewPart)[] }
}

/** A name that `person` can append. */
export type PersonAppendix = keyof PersonAppendices

/** Films and series that a person had a part in. */
export interface PersonCredits {
  id: number
  cast: ((MovieMedia & CastPart) | (TvMedia & TvCastPart))[]
  crew: ((MovieMedia & CrewPart) | (TvMedia & TvCrewPart))[]
}

/** A part played. */
export interface CastPart {
  character: string
  credit_id: string
  order?: number
}

/** A job done. */
export interface CrewPart {
  credit_id: string
  department: string
  job: string
}

/** A part played in a series. */
export interface TvCastPart extends CastPart {
  episode_count: number
  first_credit_air_date?: string
}

/** A job done in a series. */
export interface TvCrewPart extends CrewPart {
  episode_count: number
  first_credit_air_date?: string
}

/** An image that shows a person, and the film or series it is from. */
export interface TaggedImage extends TmdbImage {
  id: string
  image_type: string
  media: KnownFor
  media_type: 'movie' | 'tv'
}

/** A person's biography in one language. */
export interface PersonTranslation {
  iso_3166_1: string
  iso_639_1: string
  name: string
  english_name: string
  data: { biography: string; name?: string }
}

/** Who made a film, series, season or episode; episodes list their guests too. */
export interface Credits {
  id?: number
  cast: CreditedCast[]
  crew: CreditedCrew[]
  guest_stars?: CreditedCast[]
}

/** Somebody in the cast; the lower `order`, the higher up in the credits. */
export interface CreditedCast extends CreditedPerson {
  /** Films only. */
  cast_id?: number
  character: string
  order: number
}

/** Somebody in the crew. */
export interface CreditedCrew extends CreditedPerson {
  department: string
  job: string
}

interface CreditedPerson {
  id: number
  adult: boolean
  credit_id: string
  gender: number | null
  known_for_department: string
  name: string
  original_name: string
  popularity: number
  profile_path: string | null
}

/** What has the given id elsewhere; at most one of the lists is filled. */
export interface FindResults {
  movie_results: MovieMedia[]
  person_results: PersonMedia[]
  tv_results: TvMedia[]
  tv_episode_results: (TvEpisodeSummary & { media_type: 'tv_episode' })[]
  tv_season_results: (TvSeasonSummary & { media_type: 'tv_season'; show_id: number })[]
}
