// TMDB's paged paths: searches, charts, discoveries, trends and changes. Pure.
import type { Catalogue } from './catalogue.js'
import {
  found,
  numberFrom,
  searchNames,
  type Route,
  type RouteBody,
  type RouteCall,
} from './provider-routes.js'
import { movieItem, personItem, tvItem } from './tmdb-bodies.js'
import { CHART_SECONDS, COMMON, listing, publicFor, SEARCH_SECONDS } from './tmdb-headers.js'

const PAGE_SIZE = 20
/** How many items a chart or a search tells of. */
const LIST_SIZE = 200

type Item = (position: number) => object
type Body = (call: RouteCall) => RouteBody

/** The paged routes over a catalogue. */
export function tmdbLists(catalogue: Catalogue): readonly Route[] {
  const titles = catalogue.movies.map((film) => film.title)
  const movie: Item = (position) => movieItem(catalogue, position)
  const tv: Item = (position) => tvItem(catalogue, position)
  const person: Item = (position) => personItem(catalogue, position)
  // Each chart takes the films in another order: by a step that shares no factor with their number.
  const chart =
    (step: number, item: Item): Body =>
    (call) =>
      pageOf(everyNth(titles.length, step), item, call)
  const search =
    (names: readonly string[], item: Item): Body =>
    (call) =>
      pageOf(searchNames(names, call.query.get('query') ?? '', LIST_SIZE), item, call)

  return [
    listing('/search/movie', publicFor(SEARCH_SECONDS), search(titles, movie)),
    listing('/search/tv', publicFor(SEARCH_SECONDS), search(titles, tv)),
    listing('/search/person', publicFor(SEARCH_SECONDS), search(catalogue.people, person)),
    listing('/search/multi', publicFor(SEARCH_SECONDS), search(titles, typed('movie', movie))),
    listing('/discover/movie', publicFor(SEARCH_SECONDS), chart(7, movie)),
    listing('/discover/tv', publicFor(SEARCH_SECONDS), chart(11, tv)),
    listing('/movie/changes', publicFor(SEARCH_SECONDS), chart(1, changed)),
    listing('/movie/popular', publicFor(CHART_SECONDS), chart(1, movie)),
    listing('/movie/top_rated', publicFor(CHART_SECONDS), chart(13, movie)),
    listing('/movie/now_playing', publicFor(CHART_SECONDS), withDates(chart(17, movie))),
    // The one chart that was recorded without a lifetime.
    listing('/movie/upcoming', COMMON, withDates(chart(19, movie))),
    listing('/tv/popular', publicFor(CHART_SECONDS), chart(1, tv)),
    listing('/tv/top_rated', publicFor(CHART_SECONDS), chart(13, tv)),
    listing('/tv/on_the_air', publicFor(CHART_SECONDS), chart(17, tv)),
    listing('/tv/airing_today', publicFor(CHART_SECONDS), chart(19, tv)),
    listing('/person/popular', publicFor(CHART_SECONDS), chart(1, person)),
    ...['day', 'week'].flatMap((span) => [
      listing(`/trending/all/${span}`, publicFor(CHART_SECONDS), chart(7, typed('movie', movie))),
      listing(`/trending/movie/${span}`, publicFor(CHART_SECONDS), chart(7, typed('movie', movie))),
      listing(`/trending/tv/${span}`, publicFor(CHART_SECONDS), chart(7, typed('tv', tv))),
      listing(`/trending/person/${span}`, publicFor(CHART_SECONDS), chart(7, typed('person', person))),
    ]),
  ]
}

/** One page of items, or TMDB's refusal of a page number. */
export function pageOf(positions: readonly number[], item: Item, { query }: RouteCall): RouteBody {
  const page = numberFrom(query, 'page', { fallback: 1, min: 1, max: 500 })
  if (page === undefined) {
    const text = 'Invalid page: pages are whole numbers from 1 to 500.'
    return { status: 400, body: { success: false, status_code: 22, status_message: text } }
  }
  return found({
    page,
    results: positions.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(item),
    total_pages: Math.ceil(positions.length / PAGE_SIZE),
    total_results: positions.length,
  })
}

/** Items with the type that lists of several types tell. */
export function typed(type: string, item: Item): Item {
  return (position) => ({ ...item(position), media_type: type })
}

function everyNth(count: number, step: number): readonly number[] {
  return Array.from({ length: Math.min(LIST_SIZE, count) }, (_, index) => (index * step) % count)
}

function changed(position: number): object {
  return { id: position + 1, adult: false }
}

function withDates(body: Body): Body {
  return (call) => {
    const page = body(call)
    if (page?.status !== 200) return page
    return found({ dates: { maximum: '2026-02-28', minimum: '2026-01-01' }, ...(page.body as object) })
  }
}
