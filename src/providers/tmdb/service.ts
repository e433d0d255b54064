// The typed methods of The Movie Database. Each says which endpoint it calls; answers are TMDB's own bodies.
import type { DeepReadonly } from '../../model/deep-readonly.js'
import type { ServiceObjectOptions } from '../../doors/service/cached-external-api-service.js'
import { checkQuery, joinNames } from '../check-argument.js'
import { SNAKE_PARAMS } from '../param-style.js'
import { ProviderService } from '../provider-service.js'
import type { DiscoverMoviesOptions, DiscoverTvOptions } from './discover-options.js'
import type {
  Collection,
  Movie,
  MovieAppendices,
  MovieAppendix,
  MovieChanges,
  WatchProviders,
} from './movie-types.js'
import type {
  ChangesOptions,
  FindOptions,
  SearchMoviesOptions,
  SearchTvOptions,
  TmdbDetailsOptions,
  TmdbImagesOptions,
  TmdbOptions,
  TmdbPageOptions,
  TmdbRegionOptions,
  TmdbSearchOptions,
  TmdbVideosOptions,
} from './options.js'
import type {
  Credits,
  FindResults,
  Person,
  PersonAppendices,
  PersonAppendix,
  PersonCredits,
} from './person-types.js'
import type {
  SeasonAppendices,
  SeasonAppendix,
  TvAppendices,
  TvAppendix,
  TvSeason,
  TvShow,
} from './tv-types.js'
import type {
  Configuration,
  DatedTmdbPage,
  GenreList,
  MediaImages,
  MediaItem,
  MovieListItem,
  MovieMedia,
  PersonListItem,
  PersonMedia,
  TmdbPage,
  TvListItem,
  TvMedia,
  Videos,
} from './types.js'

/** What each kind of trend holds. */
interface Trends {
  all: MediaItem
  movie: MovieMedia
  tv: TvMedia
  person: PersonMedia
}

type Answer<Body> = Promise<DeepReadonly<Body>>

/**
 * The Movie Database, cached. Needs `TMDB_API_KEY` or `TMDB_ACCESS_TOKEN`; answers stay fresh for 6 hours unless
 * `CACHE_TTL_TMDB_HOURS` or the call's `ttlHours` says otherwise, and are never older than 180 days. Every method
 * rejects with a `TypeError` for a blank id or query, and with a `CachetteError` where no answer can be had.
 *
 * @example
 * const tmdb = new TMDBService()
 * const found = await tmdb.searchMovies('Inception', { year: 2010 })
 * const movie = await tmdb.movie(27205, { append: ['credits'] })
 */
export class TMDBService extends ProviderService {
  constructor(options: ServiceObjectOptions = {}) {
    super('tmdb', SNAKE_PARAMS, options)
  }

  /** Films by title. `GET /search/movie` */
  searchMovies(query: string, options: SearchMoviesOptions = {}): Answer<TmdbPage<MovieListItem>> {
    return this.#search('movie', query, options)
  }

  /** Series by name. `GET /search/tv` */
  searchTv(query: string, options: SearchTvOptions = {}): Answer<TmdbPage<TvListItem>> {
    return this.#search('tv', query, options)
  }

  /** People by name. `GET /search/person` */
  searchPeople(query: string, options: TmdbSearchOptions = {}): Answer<TmdbPage<PersonListItem>> {
    return this.#search('person', query, options)
  }

  /** Films, series and people at once; `media_type` tells them apart. `GET /search/multi` */
  searchMulti(query: string, options: TmdbSearchOptions = {}): Answer<TmdbPage<MediaItem>> {
    return this.#search('multi', query, options)
  }

  /** A film in full, with whatever `append` names inside it. `GET /movie/{id}` */
  movie<Appendix extends MovieAppendix = never>(
    id: number | string,
    options: TmdbDetailsOptions<Appendix> = {},
  ): Answer<Movie & Pick<MovieAppendices, Appendix>> {
    return this.#details(['movie', id], options)
  }

  /** A series in full, with whatever `append` names inside it. `GET /tv/{id}` */
  tv<Appendix extends TvAppendix = never>(
    id: number | string,
    options: TmdbDetailsOptions<Appendix> = {},
  ): Answer<TvShow & Pick<TvAppendices, Appendix>> {
    return this.#details(['tv', id], options)
  }

  /** A season with its episodes; number 0 holds the specials. `GET /tv/{id}/season/{number}` */
  tvSeason<Appendix extends SeasonAppendix = never>(
    tvId: number | string,
    seasonNumber: number,
    options: TmdbDetailsOptions<Appendix> = {},
  ): Answer<TvSeason & Pick<SeasonAppendices, Appendix>> {
    return this.#details(['tv', tvId, 'season', seasonNumber], options)
  }

  /** A person in full, with whatever `append` names inside. `GET /person/{id}` */
  person<Appendix extends PersonAppendix = never>(
    id: number | string,
    options: TmdbDetailsOptions<Appendix> = {},
  ): Answer<Person & Pick<PersonAppendices, Appendix>> {
    return this.#details(['person', id], options)
  }

  /** The films and series that a person had a part in. `GET /person/{id}/combined_credits` */
  personCredits(id: number | string, options: TmdbOptions = {}): Answer<PersonCredits> {
    return this.load(['person', id, 'combined_credits'], options)
  }

  /** Cast and crew of a film. `GET /movie/{id}/credits` */
  movieCredits(id: number | string, options: TmdbOptions = {}): Answer<Credits> {
    return this.load(['movie', id, 'credits'], options)
  }

  /** Cast and crew of a series' latest season. `GET /tv/{id}/credits` */
  tvCredits(id: number | string, options: TmdbOptions = {}): Answer<Credits> {
    return this.load(['tv', id, 'credits'], options)
  }

  /** Backdrops, logos and posters of a film; with `language` set, only those in it. `GET /movie/{id}/images` */
  movieImages(id: number | string, options: TmdbImagesOptions = {}): Answer<MediaImages> {
    return this.load(['movie', id, 'images'], options)
  }

  /** Trailers, teasers and clips of a film. `GET /movie/{id}/videos` */
  movieVideos(id: number | string, options: TmdbVideosOptions = {}): Answer<Videos> {
    return this.load(['movie', id, 'videos'], options)
  }

  /** What those who liked a film liked too. `GET /movie/{id}/recommendations` */
  movieRecommendations(id: number | string, options: TmdbPageOptions = {}): Answer<TmdbPage<MovieMedia>> {
    return this.load(['movie', id, 'recommendations'], options)
  }

  /** Films with the same genres and keywords. `GET /movie/{id}/similar` */
  similarMovies(id: number | string, options: TmdbPageOptions = {}): Answer<TmdbPage<MovieListItem>> {
    return this.load(['movie', id, 'similar'], options)
  }

  /** Where a film can be watched, by country; name JustWatch beside it. `GET /movie/{id}/watch/providers` */
  watchProviders(id: number | string, options: TmdbOptions = {}): Answer<WatchProviders> {
    return this.load(['movie', id, 'watch', 'providers'], options)
  }

  /** Films by popularity. `GET /movie/popular` */
  popularMovies(options: TmdbRegionOptions = {}): Answer<TmdbPage<MovieListItem>> {
    return this.load(['movie', 'popular'], options)
  }

  /** Films by rating. `GET /movie/top_rated` */
  topRatedMovies(options: TmdbRegionOptions = {}): Answer<TmdbPage<MovieListItem>> {
    return this.load(['movie', 'top_rated'], options)
  }

  /** Films in theatres now, and the span of days that means. `GET /movie/now_playing` */
  nowPlayingMovies(options: TmdbRegionOptions = {}): Answer<DatedTmdbPage<MovieListItem>> {
    return this.load(['movie', 'now_playing'], options)
  }

  /** Films in theatres soon, and the span of days that means. `GET /movie/upcoming` */
  upcomingMovies(options: TmdbRegionOptions = {}): Answer<DatedTmdbPage<MovieListItem>> {
    return this.load(['movie', 'upcoming'], options)
  }

  /** Films by any of 38 filters; lists in arrays must all hold. `GET /discover/movie` */
  discoverMovies(options: DiscoverMoviesOptions = {}): Answer<TmdbPage<MovieListItem>> {
    return this.load(['discover', 'movie'], options)
  }

  /** Series by any of 33 filters; lists in arrays must all hold. `GET /discover/tv` */
  discoverTv(options: DiscoverTvOptions = {}): Answer<TmdbPage<TvListItem>> {
    return this.load(['discover', 'tv'], options)
  }

  /** What is asked for most, by kind, today (the default) or this week. `GET /trending/{kind}/{window}` */
  trending<Kind extends keyof Trends = 'all'>(
    kind: Kind = 'all' as Kind,
    timeWindow: 'day' | 'week' = 'day',
    options: TmdbPageOptions = {},
  ): Answer<TmdbPage<Trends[Kind]>> {
    return this.load<TmdbPage<Trends[Kind]>>(['trending', kind, timeWindow], options)
  }

  /** What has an id of IMDb (the default) or of another `externalSource`. `GET /find/{external_id}` */
  find(externalId: string, options: FindOptions = {}): Answer<FindResults> {
    return this.load(['find', externalId], { externalSource: 'imdb_id', ...options })
  }

  /** The genres of films. `GET /genre/movie/list` */
  movieGenres(options: TmdbOptions = {}): Answer<GenreList> {
    return this.load(['genre', 'movie', 'list'], options)
  }

  /** The genres of series. `GET /genre/tv/list` */
  tvGenres(options: TmdbOptions = {}): Answer<GenreList> {
    return this.load(['genre', 'tv', 'list'], options)
  }

  /** Where images are and in which sizes. `GET /configuration` */
  configuration(options: TmdbOptions = {}): Answer<Configuration> {
    return this.load(['configuration'], options)
  }

  /** A collection with its films. `GET /collection/{id}` */
  collection(id: number | string, options: TmdbOptions = {}): Answer<Collection> {
    return this.load(['collection', id], options)
  }

  /** Ids of films that changed in a span of at most 14 days; fresh for 10 minutes. `GET /movie/changes` */
  movieChanges(options: ChangesOptions = {}): Answer<MovieChanges> {
    return this.load(['movie', 'changes'], options)
  }

  async #search<Body>(kind: string, query: string, options: TmdbOptions): Answer<Body> {
    return this.load(['search', kind], options, { query: checkQuery(query) })
  }

  #details<Body>(segments: readonly (string | number)[], options: TmdbDetailsOptions<string>): Answer<Body> {
    const { append = [], ...others } = options
    return this.load(segments, others, { append_to_response: joinNames(append) })
  }
}
