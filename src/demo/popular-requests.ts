// The requests that the demo draws from, most popular first and the three services in turn. Pure.
import { volumeId } from './books-bodies.js'
import type { Catalogue } from './catalogue.js'
import type { DemoRequest, DemoService } from './local-origin.js'
import { createRandom } from './random.js'
import { spotifyId } from './spotify-ids.js'

/** How many requests of each service there are to choose from. */
const PER_SERVICE = 140

/** A path with its parameters, before it is known which service it belongs to. */
type Call = readonly [path: string, params?: Readonly<Record<string, string>>]

/** The requests over a catalogue; the seed decides which titles and names are popular. */
export function popularRequests(catalogue: Catalogue, seed: number): readonly DemoRequest[] {
  const random = createRandom(seed)
  const pick = (count: number): number => Math.floor(random() * count)
  const calls: Readonly<Record<DemoService, readonly Call[]>> = {
    tmdb: distinct(() => tmdbCall(catalogue, pick)),
    spotify: distinct(() => spotifyCall(catalogue, pick)),
    books: distinct(() => booksCall(catalogue, pick)),
  }
  return Array.from({ length: PER_SERVICE }, (_, index) =>
    (['tmdb', 'spotify', 'books'] as const).flatMap((service) => {
      const call = calls[service][index]
      return call === undefined ? [] : [{ service, path: call[0], params: call[1] ?? {} }]
    }),
  ).flat()
}

function tmdbCall(catalogue: Catalogue, pick: (count: number) => number): Call {
  const id = pick(catalogue.movies.length) + 1
  const title = catalogue.movies[pick(catalogue.movies.length)]?.title ?? ''
  const choices: readonly Call[] = [
    [`/movie/${id}`],
    [`/movie/${id}`, { append_to_response: 'credits,videos' }],
    [`/movie/${id}/credits`],
    [`/movie/${id}/recommendations`],
    [`/tv/${id}`],
    [`/person/${pick(catalogue.people.length) + 1}`],
    ['/search/movie', { query: title }],
    ['/search/multi', { query: title }],
    ['/movie/popular', { page: String(pick(5) + 1) }],
    ['/discover/movie', { page: String(pick(5) + 1), sort_by: 'popularity.desc' }],
  ]
  return choices[pick(choices.length)] ?? ['/configuration']
}

function spotifyCall(catalogue: Catalogue, pick: (count: number) => number): Call {
  const artist = pick(catalogue.artists.length)
  const name = catalogue.artists[artist]?.name ?? ''
  const song = catalogue.albums[pick(catalogue.albums.length)]?.tracks[0]?.[0] ?? ''
  const choices: readonly Call[] = [
    [`/tracks/${spotifyId('track', pick(1_000))}`],
    [`/albums/${spotifyId('album', pick(catalogue.albums.length))}`],
    [`/artists/${spotifyId('artist', artist)}`],
    [`/artists/${spotifyId('artist', artist)}/albums`, { limit: '10' }],
    [`/playlists/${spotifyId('playlist', artist)}`],
    [`/shows/${spotifyId('show', pick(catalogue.publishers.length))}`],
    ['/search', { q: song, type: 'track', limit: '10' }],
    ['/search', { q: name, type: 'artist,album', limit: '10' }],
  ]
  return choices[pick(choices.length)] ?? ['/browse/categories']
}

function booksCall(catalogue: Catalogue, pick: (count: number) => number): Call {
  const position = pick(catalogue.books.length)
  const book = catalogue.books[position]
  const author = catalogue.authors[pick(catalogue.authors.length)] ?? ''
  const choices: readonly Call[] = [
    [`/volumes/${volumeId(position)}`],
    ['/volumes', { q: `intitle:"${book?.title ?? ''}"` }],
    ['/volumes', { q: `inauthor:"${author}"`, maxResults: '20' }],
    ['/volumes', { q: `subject:"${book?.genre ?? ''}"`, orderBy: 'newest' }],
    ['/volumes', { q: `isbn:${book?.isbn ?? ''}` }],
  ]
  return choices[pick(choices.length)] ?? ['/volumes', { q: 'love' }]
}

function distinct(make: () => Call): readonly Call[] {
  const calls = new Map<string, Call>()
  while (calls.size < PER_SERVICE) {
    const call = make()
    calls.set(JSON.stringify(call), call)
  }
  return [...calls.values()]
}
