// Bodies that several Spotify endpoints share, and those of tracks, albums and artists. Types only. Fields that
// Spotify has deprecated, or no longer sends to every app, are optional.
// Source: https://developer.spotify.com/documentation/web-api/reference

/** One page of a list by offset. `next` and `previous` are whole URLs. */
export interface SpotifyPage<Item> {
  href: string
  items: Item[]
  limit: number
  next: string | null
  offset: number
  previous: string | null
  total: number
}

/** An image; sizes in pixels, null while unknown. */
export interface SpotifyImage {
  url: string
  height: number | null
  width: number | null
}

/** What everything on Spotify has; `external_urls.spotify` is the link that the terms ask to be shown. */
export interface SpotifyItem<Type extends string> {
  external_urls: { spotify: string }
  href: string
  id: string
  type: Type
  uri: string
}

/** Why something cannot be played: `market`, `product` or `explicit`. */
export interface Restrictions {
  reason: string
}

/** A copyright line: `C` for the work, `P` for the recording. */
export interface Copyright {
  text: string
  type: string
}

/** An artist as tracks and albums name them. */
export interface ArtistSummary extends SpotifyItem<'artist'> {
  name: string
}

/** An artist. */
export interface Artist extends ArtistSummary {
  images: SpotifyImage[]
  /** Deprecated. */
  followers?: { href: string | null; total: number }
  /** Deprecated. */
  genres?: string[]
  /** 0 to 100. Deprecated. */
  popularity?: number
}

/** An album in a list. */
export interface AlbumSummary extends SpotifyItem<'album'> {
  /** `album`, `single` or `compilation`. */
  album_type: string
  /** In an artist's albums: `album`, `single`, `compilation` or `appears_on`. */
  album_group?: string
  /** Absent in answers recorded before 2018. */
  artists?: ArtistSummary[]
  /** ISO 3166-1 codes; absent where a market was asked for. Deprecated. */
  available_markets?: string[]
  images: SpotifyImage[]
  name: string
  /** As precise as `release_date_precision` says: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  release_date?: string
  release_date_precision?: 'year' | 'month' | 'day'
  restrictions?: Restrictions
  total_tracks?: number
}

/** An album with its first tracks. */
export interface Album extends AlbumSummary {
  artists: ArtistSummary[]
  copyrights?: Copyright[]
  external_ids?: ItemIds
  genres?: string[]
  label?: string
  /** 0 to 100. Deprecated. */
  popularity?: number
  release_date: string
  release_date_precision: 'year' | 'month' | 'day'
  tracks: SpotifyPage<TrackSummary>
}

/** A track as its album lists it. */
export interface TrackSummary extends SpotifyItem<'track'> {
  artists: ArtistSummary[]
  /** ISO 3166-1 codes; absent where a market was asked for. Deprecated. */
  available_markets?: string[]
  disc_number: number
  duration_ms: number
  explicit: boolean
  is_local?: boolean
  /** Only where a market was asked for. */
  is_playable?: boolean
  /** The track that was asked for, where another stands in for it. Deprecated. */
  linked_from?: SpotifyItem<'track'>
  name: string
  /** Deprecated, and null for most apps. */
  preview_url?: string | null
  restrictions?: Restrictions
  track_number: number
}

/** A track. */
export interface Track extends TrackSummary {
  album: AlbumSummary
  external_ids?: ItemIds
  /** 0 to 100. Deprecated. */
  popularity?: number
}

/** Ids outside Spotify: a recording's ISRC, an album's UPC or EAN. */
export interface ItemIds {
  isrc?: string
  ean?: string
  upc?: string
}
