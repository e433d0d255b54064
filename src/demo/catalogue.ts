// The content of the demo's APIs, read from the file that the build makes beside this one.
import { readFileSync } from 'node:fs'
import { configError } from '../errors/cachette-error.js'

/** A film; the numbers of genre, director and cast are positions in the catalogue's lists. */
export interface Film {
  readonly title: string
  /** `YYYY-MM-DD`. */
  readonly released: string
  readonly genre: number
  readonly director: number
  readonly cast: readonly number[]
  readonly minutes: number
  readonly rating: number
  readonly votes: number
  readonly budget: number
  readonly revenue: number
  readonly overview: string
}

/** An album; `artist` is a position, tracks are a name and a length in milliseconds. */
interface Album {
  readonly name: string
  readonly artist: number
  readonly released: string
  readonly label: string
  readonly tracks: readonly (readonly [name: string, durationMs: number])[]
}

/** A book; author and publisher are positions. */
interface Book {
  readonly title: string
  readonly subtitle?: string
  readonly author: number
  readonly publisher: number
  readonly published: string
  readonly genre: string
  readonly series?: string
  readonly pages: number
  readonly isbn: string
  readonly description: string
}

/** Everything, films by falling number of votes. */
export interface Catalogue {
  /** Where the content comes from, and under which licences. */
  readonly sources: readonly {
    readonly name: string
    readonly version: string
    readonly licence: string
    readonly holder: string
    readonly used: string
  }[]
  readonly genres: readonly string[]
  readonly people: readonly string[]
  readonly movies: readonly Film[]
  readonly artists: readonly { readonly name: string; readonly genres: readonly string[] }[]
  readonly albums: readonly Album[]
  readonly authors: readonly string[]
  readonly publishers: readonly string[]
  readonly books: readonly Book[]
}

// The same path from src/demo and from dist/demo, so that tests read what the build made.
const FILE = new URL('../../dist/demo/catalogue.json', import.meta.url)

let loaded: Catalogue | undefined

/** The catalogue, read once. Throws where the package was not built. */
export function loadCatalogue(): Catalogue {
  if (loaded !== undefined) return loaded
  let text: string
  try {
    text = readFileSync(FILE, 'utf8')
  } catch (cause) {
    throw configError('the demo has no catalogue: `npm run build` makes dist/demo/catalogue.json', cause)
  }
  loaded = JSON.parse(text) as Catalogue
  return loaded
}

/** The item at a position, wrapping round; the list must not be empty. */
export function itemAt<T>(items: readonly T[], position: number): T {
  const item = items[position % items.length]
  if (item === undefined) throw new RangeError('the catalogue has an empty list')
  return item
}
