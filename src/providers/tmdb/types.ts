// Bodies that several TMDB endpoints share: pages, list items, images and the like. Types only.
// Source: https://developer.themoviedb.org/reference

/** One page of a list; `page` runs from 1 to 500, mostly with 20 results each. */
export interface TmdbPage<Item> {
  page: number
  results: Item[]
  total_pages: number
  total_results: number
}

/** A page whose items fall in a span of days (`YYYY-MM-DD`). */
export interface DatedTmdbPage<Item> extends TmdbPage<Item> {
  dates: { maximum: string; minimum: string }
}

/** What films and series have in common in lists. Image paths go behind a base URL and size of `configuration()`. */
interface ListItem {
  id: number
  /** Absent in lists of series recorded before 2023. */
  adult?: boolean
  /** Absent from what a person is known for when there is none. */
  backdrop_path?: string | null
  poster_path?: string | null
  genre_ids: number[]
  original_language: string
  overview: string
  /** Absent from what a person is known for. */
  popularity?: number
  vote_average: number
  vote_count: number
}

/** A film in a list. */
export interface MovieListItem extends ListItem {
  title: string
  original_title: string
  /** `YYYY-MM-DD`; empty or absent while unknown. */
  release_date?: string
  video: boolean
}

/** A series in a list. */
export interface TvListItem extends ListItem {
  name: string
  original_name: string
  /** `YYYY-MM-DD`; empty or absent while unknown. */
  first_air_date?: string
  origin_country: string[]
}

/** A person in a list. */
export interface PersonListItem {
  id: number
  adult: boolean
  /** 0 not set, 1 female, 2 male, 3 non-binary. */
  gender: number
  name: string
  original_name?: string
  known_for_department?: string
  popularity: number
  profile_path: string | null
  known_for: KnownFor[]
}

/** A film in a list of mixed kinds. */
export interface MovieMedia extends MovieListItem {
  media_type: 'movie'
}

/** A series in a list of mixed kinds. */
export interface TvMedia extends TvListItem {
  media_type: 'tv'
}

/** A person in a list of mixed kinds; lists other than search leave out `known_for`. */
export interface PersonMedia extends Omit<PersonListItem, 'adult' | 'known_for'> {
  media_type: 'person'
  adult?: boolean
  known_for?: KnownFor[]
}

/** What a person is known for. */
export type KnownFor = MovieMedia | TvMedia

/** A result of a search or list of mixed kinds; `media_type` tells them apart. */
export type MediaItem = MovieMedia | TvMedia | PersonMedia

/** A genre. */
export interface Genre {
  id: number
  name: string
}

/** The genres of films or of series. */
export interface GenreList {
  genres: Genre[]
}

/** An image; its URL is `secure_base_url` + size + `file_path`. */
export interface TmdbImage {
  aspect_ratio: number
  file_path: string
  height: number
  /** The language of the text on it; null where there is none. */
  iso_639_1: string | null
  vote_average: number
  vote_count: number
  width: number
}

/** The images of a film or series. */
export interface MediaImages {
  id?: number
  backdrops: TmdbImage[]
  logos: TmdbImage[]
  posters: TmdbImage[]
}

/** A trailer, teaser, clip and so on. */
export interface Video {
  id: string
  iso_639_1: string
  iso_3166_1: string
  /** The id at `site`: for YouTube the `v` of the watch URL. */
  key: string
  name: string
  official: boolean
  published_at: string
  site: string
  /** The height in pixels, such as 1080. */
  size: number
  type: string
}

/** The videos of a film, series or season. */
export interface Videos {
  id?: number
  results: Video[]
}

/** A company that produced a film or series. */
export interface ProductionCompany {
  id: number
  logo_path: string | null
  name: string
  origin_country: string
}

/** A country by its ISO 3166-1 code. */
export interface ProductionCountry {
  iso_3166_1: string
  name: string
}

/** A language by its ISO 639-1 code. */
export interface SpokenLanguage {
  english_name: string
  iso_639_1: string
  name: string
}

/** A review by a member. */
export interface Review {
  id: string
  author: string
  author_details: { name: string; username: string; avatar_path: string | null; rating: number | null }
  content: string
  created_at: string
  updated_at: string
  url: string
}

/** A keyword. */
export interface Keyword {
  id: number
  name: string
}

/** Ids of the same film, series or person elsewhere; which ones there are depends on the kind. */
export interface ExternalIds {
  id?: number
  imdb_id?: string | null
  wikidata_id?: string | null
  facebook_id?: string | null
  instagram_id?: string | null
  twitter_id?: string | null
  tiktok_id?: string | null
  youtube_id?: string | null
  freebase_mid?: string | null
  freebase_id?: string | null
  tvdb_id?: number | null
  tvrage_id?: number | null
}

/** Where the images are, in which sizes, and which fields `changes` may name. */
export interface Configuration {
  images: {
    base_url: string
    secure_base_url: string
    backdrop_sizes: string[]
    logo_sizes: string[]
    poster_sizes: string[]
    profile_sizes: string[]
    still_sizes: string[]
  }
  change_keys: string[]
}
