// Bodies of the shape that TMDB sends, made from the catalogue. Pure.
import { itemAt, type Catalogue, type Film } from './catalogue.js'
import { codeFor, hashOf } from './random.js'

/** Ids from here on are not found; below, each stands for an item of the catalogue. */
const FIRST_MISSING_ID = 1_000_000

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** The position that an id stands for, or undefined for an id that is not found. */
export function positionOf(id: string): number | undefined {
  const number = Number(id)
  const isFound = Number.isInteger(number) && number >= 1 && number < FIRST_MISSING_ID
  return isFound ? number - 1 : undefined
}

/** A picture's path; nothing stands there. */
export function picture(kind: string, id: number): string {
  return `/${codeFor(`${kind} ${id}`, 27, LETTERS)}.jpg`
}

/** A genre as TMDB lists it. */
export function genreOf(catalogue: Catalogue, position: number): { id: number; name: string } {
  return { id: 10 + position, name: itemAt(catalogue.genres, position) }
}

/** A film as it stands in lists. */
export function movieItem(catalogue: Catalogue, position: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  return {
    ...shared(film, position),
    genre_ids: [genreOf(catalogue, film.genre).id],
    original_title: film.title,
    release_date: film.released,
    title: film.title,
    video: false,
  }
}

/** A series as it stands in lists; its name is a film's. */
export function tvItem(catalogue: Catalogue, position: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  return {
    ...shared(film, position),
    genre_ids: [genreOf(catalogue, film.genre).id],
    original_name: film.title,
    first_air_date: film.released,
    name: film.title,
    origin_country: ['US'],
  }
}

/** A person as they stand in lists. */
export function personItem(catalogue: Catalogue, position: number): Record<string, unknown> {
  const directed = catalogue.movies.findIndex((film) => film.director === position)
  const played = catalogue.movies.findIndex((film) => film.cast.includes(position))
  return {
    adult: false,
    id: position + 1,
    name: itemAt(catalogue.people, position),
    gender: hashOf(`gender ${position}`) % 2 === 0 ? 1 : 2,
    known_for: [directed, played]
      .filter((index) => index >= 0)
      .map((index) => ({ ...movieItem(catalogue, index), media_type: 'movie' })),
    known_for_department: directed >= 0 ? 'Directing' : 'Acting',
    popularity: popularity(position),
    profile_path: picture('person', position + 1),
  }
}

/** A film with everything that `/movie/{id}` tells. */
export function movieDetail(catalogue: Catalogue, position: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  const item = without(movieItem(catalogue, position), 'genre_ids')
  return {
    ...item,
    belongs_to_collection: null,
    budget: film.budget,
    genres: [genreOf(catalogue, film.genre)],
    homepage: '',
    imdb_id: `tt${String(position + 1).padStart(7, '0')}`,
    origin_country: ['US'],
    production_companies: [],
    production_countries: [{ iso_3166_1: 'US', name: 'United States of America' }],
    revenue: film.revenue,
    runtime: film.minutes,
    spoken_languages: [{ english_name: 'English', iso_639_1: 'en', name: 'English' }],
    status: 'Released',
    tagline: '',
  }
}

/** A series with everything that `/tv/{id}` tells. */
export function tvDetail(catalogue: Catalogue, position: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  const item = without(tvItem(catalogue, position), 'genre_ids')
  const seasons = [1, 2].map((number) => ({
    air_date: film.released,
    episode_count: 8,
    id: (position + 1) * 100 + number,
    name: `Season ${number}`,
    overview: '',
    poster_path: picture('season', position * 10 + number),
    season_number: number,
    vote_average: film.rating,
  }))
  return {
    ...item,
    created_by: [],
    episode_run_time: [film.minutes],
    genres: [genreOf(catalogue, film.genre)],
    homepage: '',
    in_production: false,
    languages: ['en'],
    last_air_date: film.released,
    last_episode_to_air: tvEpisode(catalogue, position, 2, 8),
    networks: [],
    next_episode_to_air: null,
    number_of_episodes: 16,
    number_of_seasons: 2,
    production_companies: [],
    production_countries: [],
    seasons,
    spoken_languages: [],
    status: 'Ended',
    tagline: '',
    type: 'Scripted',
  }
}

/** One season with its episodes. */
export function tvSeason(catalogue: Catalogue, position: number, season: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  return {
    _id: codeFor(`season ${position} ${season}`, 24, '0123456789abcdef'),
    air_date: film.released,
    episodes: Array.from({ length: 8 }, (_, index) => ({
      ...tvEpisode(catalogue, position, season, index + 1),
      crew: [],
      guest_stars: [],
    })),
    id: (position + 1) * 100 + season,
    name: `Season ${season}`,
    overview: film.overview,
    poster_path: picture('season', position * 10 + season),
    season_number: season,
  }
}

/** A person with everything that `/person/{id}` tells. */
export function personDetail(catalogue: Catalogue, position: number): Record<string, unknown> {
  const item = without(personItem(catalogue, position), 'known_for')
  return {
    ...item,
    also_known_as: [],
    biography: '',
    birthday: `19${30 + (hashOf(`year ${position}`) % 60)}-0${1 + (position % 9)}-1${position % 10}`,
    deathday: null,
    homepage: null,
    imdb_id: `nm${String(position + 1).padStart(7, '0')}`,
    place_of_birth: null,
  }
}

/** Who plays in and who directed a film. */
export function credits(catalogue: Catalogue, position: number): Record<string, unknown> {
  const film = itemAt(catalogue.movies, position)
  return {
    cast: film.cast.map((person, order) => ({
      ...without(personItem(catalogue, person), 'known_for'),
      cast_id: order + 1,
      character: '',
      credit_id: codeFor(`cast ${position} ${order}`, 24, '0123456789abcdef'),
      order,
    })),
    crew: [
      {
        ...without(personItem(catalogue, film.director), 'known_for'),
        credit_id: codeFor(`crew ${position}`, 24, '0123456789abcdef'),
        department: 'Directing',
        job: 'Director',
      },
    ],
  }
}

function tvEpisode(catalogue: Catalogue, position: number, season: number, episode: number): object {
  const film = itemAt(catalogue.movies, position)
  return {
    air_date: film.released,
    episode_number: episode,
    id: (position + 1) * 10_000 + season * 100 + episode,
    name: `Episode ${episode}`,
    overview: '',
    runtime: film.minutes,
    season_number: season,
    still_path: picture('still', position * 1_000 + season * 100 + episode),
    vote_average: film.rating,
    vote_count: 10,
  }
}

function shared(film: Film, position: number): Record<string, unknown> {
  return {
    adult: false,
    backdrop_path: picture('backdrop', position + 1),
    id: position + 1,
    original_language: 'en',
    overview: film.overview,
    popularity: popularity(position),
    poster_path: picture('poster', position + 1),
    vote_average: film.rating,
    vote_count: film.votes,
  }
}

function popularity(position: number): number {
  return Math.round(1_000_000 / (position + 10)) / 1000
}

/** A copy that lacks one property. */
export function without(whole: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name))
}
