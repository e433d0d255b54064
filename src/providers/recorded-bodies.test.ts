// Holds the recorded bodies against the hand-written types: each is compiled as a literal of its type, so that
// a missing field, a wrong kind of value and an undeclared field all fail.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const HERE = dirname(fileURLToPath(import.meta.url))
const RECORDED = resolve(HERE, '../../../shared/recorded')
const IS_PRESENT = existsSync(join(RECORDED, 'MANIFEST.json'))

/** The type of each recorded body, by the file it is imported from. */
const TYPES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  'tmdb/collection__detail.json': ['tmdb/movie-types', 'X.Collection'],
  'tmdb/configuration__get.json': ['tmdb/types', 'X.Configuration'],
  'tmdb/discover__tv.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'tmdb/find__movie.json': ['tmdb/person-types', 'X.FindResults'],
  'tmdb/genre__movie_list.json': ['tmdb/types', 'X.GenreList'],
  'tmdb/genre__tv_list.json': ['tmdb/types', 'X.GenreList'],
  'tmdb/movie__backdrops.json': ['tmdb/types', 'X.MediaImages'],
  'tmdb/movie__keywords.json': ['tmdb/movie-types', "X.MovieAppendices['keywords'] & { id: number }"],
  'tmdb/movie__latest.json': ['tmdb/movie-types', 'X.Movie'],
  'tmdb/movie__now_playing.json': ['tmdb/types', 'X.DatedTmdbPage<X.MovieListItem>'],
  'tmdb/movie__popular.json': ['tmdb/types', 'X.TmdbPage<X.MovieListItem>'],
  'tmdb/movie__recommendations.json': ['tmdb/types', 'X.TmdbPage<X.MovieMedia>'],
  'tmdb/movie__reviews.json': ['tmdb/types', 'X.TmdbPage<X.Review> & { id: number }'],
  'tmdb/movie__similar.json': ['tmdb/types', 'X.TmdbPage<X.MovieListItem>'],
  'tmdb/movie__top_rated.json': ['tmdb/types', 'X.TmdbPage<X.MovieListItem>'],
  'tmdb/person__images.json': ['tmdb/person-types', "X.PersonAppendices['images'] & { id: number }"],
  'tmdb/person__tagged_images.json': [
    'tmdb/person-types',
    "X.PersonAppendices['tagged_images'] & { id: number }",
  ],
  'tmdb/resource__configuration_get.json': ['tmdb/types', 'X.Configuration'],
  'tmdb/search__movie.json': ['tmdb/types', 'X.TmdbPage<X.MovieListItem>'],
  'tmdb/search__multi.json': ['tmdb/types', 'X.TmdbPage<X.MediaItem>'],
  'tmdb/search__person.json': ['tmdb/types', 'X.TmdbPage<X.PersonListItem>'],
  'tmdb/search__tv.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'tmdb/tv__airing_today.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'tmdb/tv__backdrops.json': ['tmdb/types', 'X.MediaImages'],
  'tmdb/tv__detail.json': ['tmdb/tv-types', 'X.TvShow'],
  'tmdb/tv__episode__cast.json': ['tmdb/person-types', 'X.Credits'],
  'tmdb/tv__external_ids.json': ['tmdb/types', 'X.ExternalIds'],
  'tmdb/tv__keywords.json': ['tmdb/tv-types', "X.TvAppendices['keywords'] & { id: number }"],
  'tmdb/tv__latest.json': ['tmdb/tv-types', 'X.TvShow'],
  'tmdb/tv__on_the_air.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'tmdb/tv__popular.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'tmdb/tv__season__cast.json': ['tmdb/person-types', 'X.Credits'],
  'tmdb/tv__season__detail.json': ['tmdb/tv-types', 'X.TvSeason'],
  'tmdb/tv__top_rated.json': ['tmdb/types', 'X.TmdbPage<X.TvListItem>'],
  'spotify/album_find_2agWNCZl5Ts9W05mij8EPh_market_ES.json': [
    'spotify/types',
    '{ albums: (X.Album | null)[] }',
  ],
  'spotify/album_find_2js3lkzAjWpD656NK7ZaJX.json': ['spotify/types', 'X.Album'],
  'spotify/album_find_3JquYMWj5wrzuZCNAvOYN9.json': ['spotify/types', '{ albums: (X.Album | null)[] }'],
  'spotify/album_find_5bU1XKYxHhEwukllT20xtk_market_ES.json': ['spotify/types', 'X.Album'],
  'spotify/album_new_releases_country_ES.json': ['spotify/listing-types', 'X.NewReleases'],
  'spotify/album_new_releases_limit_10_offset_10.json': ['spotify/listing-types', 'X.NewReleases'],
  'spotify/album_search_AM_limit_10.json': ['spotify/listing-types', "X.SearchResults<'album'>"],
  'spotify/artist_7Ln80lUS6He07XvHI8qqHH_albums_limit_20_offset_0.json': [
    'spotify/types',
    'X.SpotifyPage<X.AlbumSummary>',
  ],
  'spotify/artist_7Ln80lUS6He07XvHI8qqHH_related_artists.json': ['spotify/types', '{ artists: X.Artist[] }'],
  'spotify/artist_search_Arctic_limit_10.json': ['spotify/listing-types', "X.SearchResults<'artist'>"],
  'spotify/audio_features_find_multiple.json': [
    'spotify/listing-types',
    '{ audio_features: (X.AudioFeatures | null)[] }',
  ],
  'spotify/track_audio_features_3jfr0TF6DQcOLat8gGn7E2.json': ['spotify/listing-types', 'X.AudioFeatures'],
  'spotify/category_list_country_BR.json': ['spotify/listing-types', 'X.Categories'],
  'spotify/episode_find_5NxzDE5TmviUV8te2eZjMP_market_ES.json': ['spotify/listing-types', 'X.Episode'],
  'spotify/episode_find_array_18RPZgmvEGKtEC2WMTHghd.json': [
    'spotify/listing-types',
    '{ episodes: (X.Episode | null)[] }',
  ],
  'spotify/episode_search_Tredje_rikets_knarkande_granskas_limit_10.json': [
    'spotify/listing-types',
    "X.SearchResults<'episode'>",
  ],
  'spotify/playlist_browse_featured_country_ES_timestamp_2014-10-23T09_00_00.json': [
    'spotify/listing-types',
    "X.SearchResults<'playlist'> & { message: string }",
  ],
  'spotify/playlist_find_by_id_37i9dQZF1DX1R3yDogYrbo.json': ['spotify/listing-types', 'X.Playlist'],
  'spotify/playlist_search_Indie_limit_10.json': ['spotify/listing-types', "X.SearchResults<'playlist'>"],
  'spotify/recommendations_generate.json': ['spotify/listing-types', 'X.Recommendations'],
  'spotify/show_find_5CfCWKI5pZ28U0uOzXkDHe_episodes.json': [
    'spotify/listing-types',
    "X.SearchResults<'episode'>['episodes']",
  ],
  'spotify/show_search_without_fail_limit_10.json': ['spotify/listing-types', "X.SearchResults<'show'>"],
  'spotify/track_find_3jfr0TF6DQcOLat8gGn7E2_market_ES.json': ['spotify/types', 'X.Track'],
  'spotify/track_find_4oI9kesyxHUr8fqiLd6uO9.json': ['spotify/types', '{ tracks: (X.Track | null)[] }'],
  'spotify/track_find_6fi8e1nv4QBqODf9puRcyX_market_ES.json': ['spotify/types', 'X.Track'],
  'spotify/track_search_Wanna_Know_limit_10.json': ['spotify/listing-types', "X.SearchResults<'track'>"],
  'spotify/track_search_Wanna_Know_market_ES.json': ['spotify/listing-types', "X.SearchResults<'track'>"],
  'google-books/umlaut_adds_abstract__200.json': ['books/types', 'X.Volumes'],
  'google-books/umlaut_frankenstein_by_OCLC_number__200.json': ['books/types', 'X.Volumes'],
}

/** Bodies of endpoints that have no method of their own: they are reached through `get`, whose body is the caller's. */
const UNTYPED: readonly string[] = [
  'tmdb/certification__movie_list.json',
  'tmdb/company__detail.json',
  'tmdb/credit__detail.json',
  'tmdb/keyword__detail.json',
  'tmdb/review__detail.json',
  'tmdb/search__collection.json',
  'tmdb/search__keyword.json',
  'tmdb/tv__episode__detail.json',
  'spotify/recommendations_available_genre_seeds.json',
  'spotify/token_client_credentials.json',
]

describe('recorded bodies', () => {
  it('that are made up and wrong are found out', () => {
    const problems = compile({ 'wrong.json': '{ "genres": [{ "id": "28" }], "more": 1 }' }, () => [
      'tmdb/types',
      'X.GenreList',
    ])
    expect(problems.join('\n')).toMatch(/wrong\.ts.*(not assignable|missing|known properties)/)
  })

  it.runIf(IS_PRESENT)('of status 200 all have a type or are named as having none', () => {
    const manifest = JSON.parse(readFileSync(join(RECORDED, 'MANIFEST.json'), 'utf8')) as {
      file: string
      status: number
    }[]
    const answers = manifest.filter(({ status }) => status === 200).map(({ file }) => file)
    expect([...Object.keys(TYPES), ...UNTYPED].sort()).toEqual(answers.sort())
  })

  it.runIf(IS_PRESENT)('have the declared shape, and no field that is not declared', () => {
    const bodies = Object.keys(TYPES).map((file) => [file, readFileSync(join(RECORDED, file), 'utf8')])
    expect(compile(Object.fromEntries(bodies), (file) => TYPES[file]!)).toEqual([])
  })
})

/** Compiles each JSON body as a literal of its type, in memory, and gives what the compiler says. */
function compile(
  bodies: Readonly<Record<string, string>>,
  typeOf: (file: string) => readonly [string, string],
): readonly string[] {
  const sources = new Map<string, string>()
  for (const [file, json] of Object.entries(bodies)) {
    const [module, type] = typeOf(file)
    const name = join(HERE, `recorded-${file.replaceAll('/', '-').replace(/json$/, 'ts')}`)
    sources.set(name, `import type * as X from './${module}.js'\nexport const body: ${type} = ${json}\n`)
  }
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const read = host.readFile.bind(host)
  const exists = host.fileExists.bind(host)
  const parse = host.getSourceFile.bind(host)
  host.readFile = (name) => sources.get(name) ?? read(name)
  host.fileExists = (name) => sources.has(name) || exists(name)
  host.getSourceFile = (name, language, ...rest) => {
    const source = sources.get(name)
    return source === undefined ? parse(name, language, ...rest) : ts.createSourceFile(name, source, language)
  }
  const program = ts.createProgram([...sources.keys()], options, host)
  return [...sources.keys()].flatMap((name) =>
    program.getSemanticDiagnostics(program.getSourceFile(name)).map((diagnostic) => {
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')
      return `${basename(name)}: ${message}`.slice(0, 1_500)
    }),
  )
}
