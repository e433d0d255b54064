// Bodies of Spotify's search, playlists, shows and browsing. Types only.
import type {
  AlbumSummary,
  Artist,
  Copyright,
  Restrictions,
  SpotifyImage,
  SpotifyItem,
  SpotifyPage,
  Track,
} from './types.js'

/** What each searchable kind is answered with, by the name it is asked for. */
export interface SearchPages {
  album: { albums: SpotifyPage<AlbumSummary> }
  artist: { artists: SpotifyPage<Artist> }
  audiobook: { audiobooks: SpotifyPage<AudiobookSummary | null> }
  episode: { episodes: SpotifyPage<EpisodeSummary | null> }
  playlist: { playlists: SpotifyPage<PlaylistSummary | null> }
  show: { shows: SpotifyPage<ShowSummary | null> }
  track: { tracks: SpotifyPage<Track> }
}

/** A kind that can be searched for. */
export type SearchType = keyof SearchPages

/** The answer to a search for one or several kinds: one page under each plural. */
export type SearchResults<Type extends SearchType> = {
  [Kind in Type]: (pages: SearchPages[Kind]) => void
}[Type] extends (pages: infer All) => void
  ? All
  : never

/** A user as playlists name them. */
export interface PublicUser extends SpotifyItem<'user'> {
  display_name?: string | null
}

/** A playlist in a list. Answers to newer apps call `tracks` `items`. */
export interface PlaylistSummary extends SpotifyItem<'playlist'> {
  collaborative: boolean
  description?: string | null
  images: SpotifyImage[] | null
  name: string
  owner: PublicUser
  primary_color?: string | null
  /** Null where Spotify does not say. */
  public: boolean | null
  /** Changes whenever the playlist does. */
  snapshot_id: string
  items?: { href: string; total: number }
  tracks?: { href: string; total: number }
}

/** A playlist with its first items, under `items` or, for apps with extended quota, `tracks`. */
export interface Playlist extends Omit<PlaylistSummary, 'items' | 'tracks'> {
  followers?: { href: string | null; total: number }
  items?: SpotifyPage<PlaylistItem>
  tracks?: SpotifyPage<PlaylistItem>
}

/** An entry of a playlist: what it holds stands under `item` or, for apps with extended quota, `track`. */
export interface PlaylistItem {
  added_at: string | null
  added_by: PublicUser | null
  is_local: boolean
  item?: PlaylistTrack | Episode | null
  primary_color?: string | null
  track?: PlaylistTrack | Episode | null
  video_thumbnail?: { url: string | null }
}

/** A track in a playlist. */
export interface PlaylistTrack extends Track {
  episode?: boolean
  track?: boolean
}

/** A podcast in a list. */
export interface ShowSummary extends SpotifyItem<'show'> {
  available_markets?: string[]
  copyrights: Copyright[]
  description: string
  explicit: boolean
  html_description: string
  images: SpotifyImage[]
  is_externally_hosted: boolean | null
  languages: string[]
  media_type: string
  name: string
  publisher?: string
  total_episodes: number
}

/** A podcast with its first episodes. */
export interface Show extends ShowSummary {
  episodes: SpotifyPage<EpisodeSummary | null>
}

/** An episode in a list. */
export interface EpisodeSummary extends SpotifyItem<'episode'> {
  /** Deprecated. */
  audio_preview_url?: string | null
  description: string
  duration_ms: number
  explicit: boolean
  html_description: string
  images: SpotifyImage[]
  is_externally_hosted: boolean
  is_playable: boolean
  /** Deprecated; `languages` holds them all. */
  language?: string
  languages: string[]
  name: string
  release_date: string
  release_date_precision: 'year' | 'month' | 'day'
  restrictions?: Restrictions
  /** Only with a user's token. */
  resume_point?: { fully_played: boolean; resume_position_ms: number }
}

/** An episode with its podcast. */
export interface Episode extends EpisodeSummary {
  show: ShowSummary
}

/** An audiobook in a list. */
export interface AudiobookSummary extends SpotifyItem<'audiobook'> {
  authors: { name: string }[]
  available_markets?: string[]
  copyrights: Copyright[]
  description: string
  edition?: string
  explicit: boolean
  html_description: string
  images: SpotifyImage[]
  languages: string[]
  media_type: string
  name: string
  narrators: { name: string }[]
  publisher?: string
  total_chapters: number
}

/** New albums. */
export interface NewReleases {
  albums: SpotifyPage<AlbumSummary>
}

/** A category of the browse tab. */
export interface Category {
  href: string
  icons: SpotifyImage[]
  id: string
  name: string
}

/** Categories of the browse tab. */
export interface Categories {
  categories: SpotifyPage<Category>
}

/** How a track sounds. Numbers from 0 to 1 unless said otherwise. */
export interface AudioFeatures {
  acousticness: number
  analysis_url: string
  danceability: number
  duration_ms: number
  energy: number
  id: string
  instrumentalness: number
  /** Pitch class: 0 is C, -1 is unknown. */
  key: number
  liveness: number
  /** In decibels, mostly -60 to 0. */
  loudness: number
  /** 1 is major, 0 minor. */
  mode: number
  speechiness: number
  /** In beats per minute. */
  tempo: number
  time_signature: number
  track_href: string
  type: 'audio_features'
  uri: string
  valence: number
}

/** Recommended tracks and what they were derived from. */
export interface Recommendations {
  seeds: RecommendationSeed[]
  tracks: Track[]
}

/** What one seed gave. */
export interface RecommendationSeed {
  afterFilteringSize: number
  afterRelinkingSize: number
  href: string | null
  id: string
  initialPoolSize: number
  type: string
}
