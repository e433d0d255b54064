// What callers may say to Google Books' endpoints, by the API's own names. Types only.
import type { ProviderCallOptions } from '../provider-service.js'

/** Options of every call to Google Books. */
export interface BooksOptions extends ProviderCallOptions {
  /** Only these fields, such as `items(id,volumeInfo/title)`: the rest of the type is then absent. */
  fields?: string
  /** An ISO 639-1 code for texts. */
  locale?: string
  /** Who to bill a share of the quota to; sent, and no part of the key. */
  quotaUser?: string
  /** Where the call comes from, for Google's statistics. */
  source?: string
}

/** Options of calls whose answers depend on where one is. */
export interface BooksCountryOptions extends BooksOptions {
  /**
   * An ISO 3166-1 code such as `US`. Without it Google goes by the caller's address, which differs from machine to
   * machine and fails with 403 `unknownLocation` on some cloud hosts: set it.
   */
  country?: string
}

/** Options of `search`. */
export interface BooksSearchOptions extends BooksCountryOptions {
  /** From which on; the first is 0. */
  startIndex?: number
  /** 1 to 40. Default 10. */
  maxResults?: number
  printType?: 'all' | 'books' | 'magazines'
  filter?: 'ebooks' | 'free-ebooks' | 'full' | 'paid-ebooks' | 'partial'
  /** Default `relevance`. */
  orderBy?: 'newest' | 'relevance'
  /** An ISO 639-1 code: only books in that language. */
  langRestrict?: string
  /** `lite` leaves out much of `volumeInfo` and `accessInfo`. Default `full`. */
  projection?: 'full' | 'lite'
  download?: 'epub'
  libraryRestrict?: 'my-library' | 'no-restrict'
  maxAllowedMaturityRating?: 'mature' | 'not-mature'
  showPreorders?: boolean
  partner?: string
}

/** Options of `volume`. */
export interface VolumeOptions extends BooksCountryOptions {
  /** `lite` leaves out much of `volumeInfo` and `accessInfo`. Default `full`. */
  projection?: 'full' | 'lite'
  partner?: string
  includeNonComicsSeries?: boolean
}

/** Options of `associatedVolumes`. */
export interface AssociatedVolumesOptions extends BooksOptions {
  association?: 'end-of-sample' | 'end-of-volume' | 'related-for-play'
  maxAllowedMaturityRating?: 'mature' | 'not-mature'
}

/** Options of `bookshelfVolumes`. */
export interface BookshelfVolumesOptions extends BooksOptions {
  /** From which on; the first is 0. */
  startIndex?: number
  /** 1 to 40. Default 10. */
  maxResults?: number
  showPreorders?: boolean
}
