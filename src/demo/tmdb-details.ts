// TMDB's paths for one film, series or person and their parts, `append_to_response` included. Pure.
import { itemAt, type Catalogue } from './catalogue.js'
import { found, type Route, type RouteBody, type RouteCall } from './provider-routes.js'
import * as bodies from './tmdb-bodies.js'
import { COMMON, CONFIGURATION_SECONDS, detail, publicFor } from './tmdb-headers.js'
import { pageOf, typed } from './tmdb-lists.js'

const MOST_APPENDED = 20

type Body = (call: RouteCall) => RouteBody

/** The routes for single things over a catalogue. */
export function tmdbDetails(catalogue: Catalogue): readonly Route[] {
  const movieParts = partsOf(catalogue, 'movie')
  const tvParts = partsOf(catalogue, 'tv')
  const personParts = personPartsOf(catalogue)
  const movie = one((position) => bodies.movieDetail(catalogue, position))
  const tv = one((position) => bodies.tvDetail(catalogue, position))
  const person = one((position) => bodies.personDetail(catalogue, position))
  const genres: Body = () =>
    found({ genres: catalogue.genres.map((_, position) => bodies.genreOf(catalogue, position)) })

  return [
    { ...detail('/configuration', () => found(CONFIGURATION)), headers: publicFor(CONFIGURATION_SECONDS) },
    detail('/genre/movie/list', genres),
    detail('/genre/tv/list', genres),
    { ...detail('/movie/latest', () => found(bodies.movieDetail(catalogue, 0))), headers: publicFor(0) },
    { ...detail('/certification/movie/list', () => found(CERTIFICATIONS)), headers: PRIVATE },
    detail('/movie/:id', withAppended(movie, movieParts)),
    detail('/tv/:id', withAppended(tv, tvParts)),
    detail('/person/:id', withAppended(person, personParts)),
    ...Object.entries(movieParts).map(([name, body]) => detail(`/movie/:id/${name}`, body)),
    ...Object.entries(tvParts).map(([name, body]) => detail(`/tv/:id/${name}`, body)),
    ...Object.entries(personParts).map(([name, body]) => detail(`/person/:id/${name}`, body)),
    detail('/tv/:id/season/:season', (call) => {
      const season = Number(call.value('season'))
      if (season !== 1 && season !== 2) return undefined
      return one((position) => bodies.tvSeason(catalogue, position, season))(call)
    }),
    detail(
      '/collection/:id',
      one((position) => ({
        name: `${itemAt(catalogue.movies, position).title} Collection`,
        overview: '',
        poster_path: bodies.picture('collection', position),
        backdrop_path: bodies.picture('collection', position),
        parts: [bodies.movieItem(catalogue, position)],
      })),
    ),
    detail('/find/:externalId', (call) => found(foundBy(catalogue, call.value('externalId')))),
  ]
}

/** A body about the thing that the path's `:id` names, with that id. */
function one(make: (position: number) => object): Body {
  return (call) => {
    const position = bodies.positionOf(call.value('id'))
    return position === undefined ? undefined : found({ ...make(position), id: position + 1 })
  }
}

function withAppended(main: Body, parts: Readonly<Record<string, Body>>): Body {
  return (call) => {
    const names = (call.query.get('append_to_response') ?? '').split(',').filter((name) => name !== '')
    if (names.length > MOST_APPENDED) {
      const text = `Too many appended parts: at most ${MOST_APPENDED} are allowed.`
      return { status: 400, body: { success: false, status_code: 27, status_message: text } }
    }
    const whole = main(call)
    if (whole?.status !== 200) return whole
    const appended: Record<string, unknown> = {}
    for (const name of names) {
      const part = parts[name]?.(call)?.body as Record<string, unknown> | undefined
      if (part === undefined) continue
      appended[name] = bodies.without(part, 'id')
    }
    return found({ ...(whole.body as object), ...appended })
  }
}

function partsOf(catalogue: Catalogue, kind: 'movie' | 'tv'): Readonly<Record<string, Body>> {
  const item = (position: number): object =>
    kind === 'movie' ? bodies.movieItem(catalogue, position) : bodies.tvItem(catalogue, position)
  const near =
    (every: number): Body =>
    (call) => {
      const position = bodies.positionOf(call.value('id'))
      if (position === undefined) return undefined
      const { genre } = itemAt(catalogue.movies, position)
      const others = catalogue.movies.flatMap((film, other) => (film.genre === genre ? [other] : []))
      return pageOf(
        others.filter((other) => other !== position && other % every !== 0),
        item,
        call,
      )
    }
  return {
    credits: one((position) => bodies.credits(catalogue, position)),
    images: one((position) => ({
      backdrops: [image('backdrop', position)],
      logos: [],
      posters: [image('poster', position)],
    })),
    videos: one((position) => ({ results: [video(itemAt(catalogue.movies, position).title, position)] })),
    keywords: one(() => ({ [kind === 'movie' ? 'keywords' : 'results']: [{ id: 1, name: 'demo' }] })),
    recommendations: near(3),
    similar: near(2),
    'watch/providers': one(() => ({ results: { US: { link: '', flatrate: [], rent: [], buy: [] } } })),
  }
}

function personPartsOf(catalogue: Catalogue): Readonly<Record<string, Body>> {
  const item = typed('movie', (position) => bodies.movieItem(catalogue, position))
  const filmography = one((position) => {
    const person = position % catalogue.people.length
    const positions = [...catalogue.movies.keys()]
    return {
      cast: positions.filter((at) => itemAt(catalogue.movies, at).cast.includes(person)).map(item),
      crew: positions.filter((at) => itemAt(catalogue.movies, at).director === person).map(item),
    }
  })
  return { combined_credits: filmography, movie_credits: filmography, tv_credits: filmography }
}

function foundBy(catalogue: Catalogue, externalId: string): object {
  const position = Number(/^tt(\d{7,8})$/.exec(externalId)?.[1] ?? 0) - 1
  const isFilm = position >= 0 && position < catalogue.movies.length
  return {
    movie_results: isFilm ? [{ ...bodies.movieItem(catalogue, position), media_type: 'movie' }] : [],
    person_results: [],
    tv_results: [],
    tv_episode_results: [],
    tv_season_results: [],
  }
}

function image(kind: string, position: number): object {
  return {
    aspect_ratio: 1.778,
    file_path: bodies.picture(kind, position + 1),
    height: 1080,
    iso_639_1: null,
    vote_average: 5,
    vote_count: 1,
    width: 1920,
  }
}

function video(title: string, position: number): object {
  return {
    id: String(position + 1),
    iso_639_1: 'en',
    iso_3166_1: 'US',
    key: '',
    name: `${title}, trailer`,
    official: true,
    published_at: '2020-01-01T00:00:00.000Z',
    site: 'YouTube',
    size: 1080,
    type: 'Trailer',
  }
}

const PRIVATE = Object.freeze([...COMMON, ['Cache-Control', 'max-age=0, private, must-revalidate']] as const)

const CERTIFICATIONS = { certifications: { US: [{ certification: 'PG-13', meaning: '', order: 3 }] } }

const CONFIGURATION = {
  images: {
    base_url: 'http://image.tmdb.org/t/p/',
    secure_base_url: 'https://image.tmdb.org/t/p/',
    backdrop_sizes: ['w300', 'w780', 'w1280', 'original'],
    logo_sizes: ['w45', 'w92', 'w154', 'w185', 'w300', 'w500', 'original'],
    poster_sizes: ['w92', 'w154', 'w185', 'w342', 'w500', 'w780', 'original'],
    profile_sizes: ['w45', 'w185', 'h632', 'original'],
    still_sizes: ['w92', 'w185', 'w300', 'original'],
  },
  change_keys: ['budget', 'cast', 'crew', 'genres', 'images', 'overview', 'release_dates', 'title'],
}
