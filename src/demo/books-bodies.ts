// Bodies of the shape that Google Books sends, made from the catalogue. Pure.
import { itemAt, type Catalogue } from './catalogue.js'
import { codeFor, hashOf } from './random.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/** Ids that begin so are not found; any other of the right form stands for a book. */
const MISSING = '000'

/** The id of the book at a position. */
export function volumeId(position: number): string {
  return `b${codeFor(`volume ${position}`, 11, ALPHABET)}`
}

/** The position that an id stands for, or undefined for one that is not found. */
export function volumePosition(catalogue: Catalogue, id: string): number | undefined {
  const position = catalogue.books.findIndex((_, index) => volumeId(index) === id)
  if (position >= 0) return position
  const isPlausible = /^[\w-]{12}$/.test(id) && !id.startsWith(MISSING)
  return isPlausible ? hashOf(id) % catalogue.books.length : undefined
}

/** Where a volume is asked for and seen from. */
export interface VolumeView {
  readonly baseUrl: string
  readonly country: string
  /** `lite` leaves out what `projection=LITE` leaves out. */
  readonly projection: 'full' | 'lite'
}

/** A volume. */
export function volume(catalogue: Catalogue, position: number, view: VolumeView): Record<string, unknown> {
  const id = volumeId(position % catalogue.books.length)
  return {
    kind: 'books#volume',
    id,
    etag: codeFor(`etag ${position}`, 11, ALPHABET),
    selfLink: `${view.baseUrl}/volumes/${id}`,
    volumeInfo: view.projection === 'lite' ? liteInfo(catalogue, position) : fullInfo(catalogue, position),
    saleInfo: { country: view.country, saleability: 'NOT_FOR_SALE', isEbook: false },
    accessInfo: {
      country: view.country,
      viewability: 'NO_PAGES',
      embeddable: false,
      publicDomain: false,
      textToSpeechPermission: 'ALLOWED',
      epub: { isAvailable: false },
      pdf: { isAvailable: false },
      webReaderLink: `http://play.google.com/books/reader?id=${id}`,
      accessViewStatus: 'NONE',
      quoteSharingAllowed: false,
    },
    searchInfo: { textSnippet: itemAt(catalogue.books, position).description.slice(0, 80) },
  }
}

function liteInfo(catalogue: Catalogue, position: number): Record<string, unknown> {
  const book = itemAt(catalogue.books, position)
  const id = volumeId(position % catalogue.books.length)
  const cover = (zoom: number): string => `http://books.google.com/books/content?id=${id}&img=1&zoom=${zoom}`
  return {
    title: book.title,
    ...(book.subtitle === undefined ? {} : { subtitle: book.subtitle }),
    authors: [itemAt(catalogue.authors, book.author)],
    publisher: itemAt(catalogue.publishers, book.publisher),
    publishedDate: book.published,
    imageLinks: { smallThumbnail: cover(5), thumbnail: cover(1) },
    previewLink: `http://books.google.com/books?id=${id}`,
    infoLink: `http://books.google.com/books?id=${id}`,
    canonicalVolumeLink: `http://books.google.com/books/about/x.html?id=${id}`,
  }
}

function fullInfo(catalogue: Catalogue, position: number): Record<string, unknown> {
  const book = itemAt(catalogue.books, position)
  return {
    ...liteInfo(catalogue, position),
    description: book.description,
    industryIdentifiers: [
      { type: 'ISBN_13', identifier: book.isbn },
      { type: 'ISBN_10', identifier: book.isbn.slice(3) },
    ],
    readingModes: { text: false, image: false },
    pageCount: book.pages,
    printType: 'BOOK',
    categories: [book.genre],
    averageRating: 1 + (hashOf(book.isbn) % 9) / 2,
    ratingsCount: 1 + (hashOf(book.title) % 2_000),
    maturityRating: 'NOT_MATURE',
    allowAnonLogging: false,
    contentVersion: 'preview-1.0.0',
    language: 'en',
    ...(book.series === undefined ? {} : { seriesInfo: { shortSeriesBookTitle: book.series } }),
  }
}

/** The names that each field of a query (`intitle:`, `inauthor:`, …) looks through, by book. */
export function searchableFields(catalogue: Catalogue): Readonly<Record<string, readonly string[]>> {
  const { books } = catalogue
  const authors = books.map((book) => itemAt(catalogue.authors, book.author))
  const titles = books.map((book) => `${book.title} ${book.subtitle ?? ''}`)
  return {
    intitle: titles,
    inauthor: authors,
    inpublisher: books.map((book) => itemAt(catalogue.publishers, book.publisher)),
    subject: books.map((book) => book.genre),
    isbn: books.map((book) => book.isbn),
    '': titles.map((title, position) => `${title} ${authors[position] ?? ''}`),
  }
}
