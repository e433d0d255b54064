// Bodies of Google Books: volumes, shelves and series. Types only. Google leaves out what it does not know, so
// nearly everything is optional.
// Source: https://developers.google.com/books/docs/v1/reference

/** A list of volumes. */
export interface Volumes {
  kind: 'books#volumes'
  /** An estimate that changes from page to page. */
  totalItems: number
  /** Absent when nothing was found. */
  items?: Volume[]
}

/** A book or magazine. */
export interface Volume {
  kind: 'books#volume'
  id: string
  etag: string
  selfLink: string
  volumeInfo: VolumeInfo
  saleInfo?: SaleInfo
  accessInfo?: AccessInfo
  /** Only in answers to a search. */
  searchInfo?: { textSnippet?: string }
  layerInfo?: { layers: { layerId: string; volumeAnnotationsVersion: string }[] }
}

/** What is known about a volume itself. */
export interface VolumeInfo {
  title: string
  subtitle?: string
  authors?: string[]
  publisher?: string
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  publishedDate?: string
  /** HTML in the answer for one volume, plain text in lists. */
  description?: string
  industryIdentifiers?: { type: IdentifierType; identifier: string }[]
  readingModes?: { text: boolean; image: boolean }
  pageCount?: number
  printedPageCount?: number
  dimensions?: { height?: string; width?: string; thickness?: string }
  /** `BOOK` or `MAGAZINE`. */
  printType?: string
  mainCategory?: string
  categories?: string[]
  /** 1 to 5. */
  averageRating?: number
  ratingsCount?: number
  /** `NOT_MATURE` or `MATURE`. */
  maturityRating?: string
  allowAnonLogging?: boolean
  comicsContent?: boolean
  contentVersion?: string
  panelizationSummary?: { containsEpubBubbles: boolean; containsImageBubbles: boolean }
  imageLinks?: ImageLinks
  /** ISO 639-1. */
  language?: string
  previewLink?: string
  /** The page on Google Books, to be linked to beside the result. */
  infoLink?: string
  canonicalVolumeLink?: string
  seriesInfo?: VolumeSeriesInfo
}

/** The kind of an identifier. */
export type IdentifierType = 'ISBN_10' | 'ISBN_13' | 'ISSN' | 'OTHER'

/** Covers; lists have the two smallest alone. */
export interface ImageLinks {
  smallThumbnail?: string
  thumbnail?: string
  small?: string
  medium?: string
  large?: string
  extraLarge?: string
}

/** The series that a volume belongs to. */
export interface VolumeSeriesInfo {
  kind?: string
  bookDisplayNumber?: string
  shortSeriesBookTitle?: string
  volumeSeries?: { seriesId: string; seriesBookType?: string; orderNumber?: number }[]
}

/** Where and for how much a volume is sold, as seen from `country`. */
export interface SaleInfo {
  /** ISO 3166-1, from the address of the caller or the `country` that was asked for. */
  country: string
  /** `FOR_SALE`, `FREE`, `NOT_FOR_SALE` or `FOR_PREORDER`. */
  saleability: string
  isEbook: boolean
  listPrice?: Price
  retailPrice?: Price
  buyLink?: string
  /** RFC 3339. */
  onSaleDate?: string
  offers?: Offer[]
}

/** A price in whole units of a currency. */
export interface Price {
  amount: number
  /** ISO 4217. */
  currencyCode: string
}

/** An offer; prices in millionths of a unit. */
export interface Offer {
  finskyOfferType: number
  listPrice: { amountInMicros: number; currencyCode: string }
  retailPrice: { amountInMicros: number; currencyCode: string }
  giftable?: boolean
}

/** How much of a volume may be read, as seen from `country`. */
export interface AccessInfo {
  country: string
  /** `PARTIAL`, `ALL_PAGES`, `NO_PAGES` or `UNKNOWN`. */
  viewability: string
  embeddable: boolean
  publicDomain: boolean
  textToSpeechPermission: string
  epub?: Download
  pdf?: Download
  webReaderLink?: string
  accessViewStatus: string
  quoteSharingAllowed?: boolean
}

/** Whether a format can be downloaded, and from where. */
export interface Download {
  isAvailable: boolean
  downloadLink?: string
  acsTokenLink?: string
}

/** A user's public shelves. */
export interface Bookshelves {
  kind: 'books#bookshelves'
  items?: Bookshelf[]
}

/** A shelf. Instants as RFC 3339. */
export interface Bookshelf {
  kind: 'books#bookshelf'
  id: number
  selfLink?: string
  title: string
  description?: string
  /** `PUBLIC` or `PRIVATE`. */
  access: string
  created?: string
  updated?: string
  volumeCount?: number
  volumesLastUpdated?: string
}

/** Series by their ids. */
export interface SeriesList {
  kind: 'books#series'
  series?: Series[]
}

/** A series. */
export interface Series {
  seriesId: string
  title: string
  bannerImageUrl?: string
  imageUrl?: string
  seriesType?: string
  seriesFormatType?: string
  isComplete?: boolean
  eligibleForSubscription?: boolean
  subscriptionId?: string
}
