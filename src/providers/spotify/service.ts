// The typed methods of the Spotify Web API. Each says which endpoint it calls and, where Spotify has taken it
// from some apps, since when; answers are Spotify's own bodies.
import type { DeepReadonly } from '../../model/deep-readonly.js'
import type { ServiceObjectOptions } from '../../doors/service/cached-external-api-service.js'
import { checkList, checkQuery, joinIds, joinNames } from '../check-argument.js'
import { SNAKE_PARAMS } from '../param-style.js'
import { ProviderService } from '../provider-service.js'
import type {
  AudioFeatures,
  Categories,
  Episode,
  EpisodeSummary,
  NewReleases,
  Playlist,
  PlaylistItem,
  Recommendations,
  SearchResults,
  SearchType,
  Show,
} from './listing-types.js'
import type {
  ArtistAlbumsOptions,
  CategoriesOptions,
  PlaylistItemsOptions,
  PlaylistOptions,
  RecommendationsOptions,
  SearchOptions,
  SpotifyMarketOptions,
  SpotifyMarketPageOptions,
  SpotifyOptions,
  SpotifyPageOptions,
  SpotifySearchOptions,
} from './options.js'
import type { Album, AlbumSummary, Artist, SpotifyPage, Track, TrackSummary } from './types.js'

type Answer<Body> = Promise<DeepReadonly<Body>>

/**
 * The Spotify Web API, cached. Needs `SPOTIFY_CLIENT_ID` and `SPOTIFY_CLIENT_SECRET`, for which it fetches and
 * renews tokens; answers stay fresh for 2 hours unless `CACHE_TTL_SPOTIFY_HOURS` or the call's `ttlHours` says
 * otherwise, and are never older than 5 days. Every method rejects with a `TypeError` for a blank id or query, and
 * with a `CachetteError` where no answer can be had.
 *
 * @example
 * const spotify = new SpotifyService()
 * const found = await spotify.searchTracks('Blinding Lights', { market: 'FR' })
 * const both = await spotify.search('AM', { type: ['album', 'artist'] })
 */
export class SpotifyService extends ProviderService {
  constructor(options: ServiceObjectOptions = {}) {
    super('spotify', SNAKE_PARAMS, options)
  }

  /** Whatever `type` names, a page under each plural. `GET /search` */
  async search<Type extends SearchType>(
    query: string,
    options: SearchOptions<Type>,
  ): Answer<SearchResults<Type>> {
    const { type, ...others } = options
    const types: readonly string[] = typeof type === 'string' ? [type] : type
    return this.load<SearchResults<Type>>(['search'], others, {
      q: checkQuery(query),
      type: joinNames(checkList(types)),
    })
  }

  /** Tracks, under `tracks`. `GET /search?type=track` */
  searchTracks(query: string, options: SpotifySearchOptions = {}): Answer<SearchResults<'track'>> {
    return this.search(query, { ...options, type: 'track' })
  }

  /** Albums, under `albums`. `GET /search?type=album` */
  searchAlbums(query: string, options: SpotifySearchOptions = {}): Answer<SearchResults<'album'>> {
    return this.search(query, { ...options, type: 'album' })
  }

  /** Artists, under `artists`. `GET /search?type=artist` */
  searchArtists(query: string, options: SpotifySearchOptions = {}): Answer<SearchResults<'artist'>> {
    return this.search(query, { ...options, type: 'artist' })
  }

  /** A track. `GET /tracks/{id}` */
  track(id: string, options: SpotifyMarketOptions = {}): Answer<Track> {
    return this.load(['tracks', id], options)
  }

  /**
   * Up to 50 tracks in the order asked for, null where one is unknown. `GET /tracks?ids`
   *
   * Removed for development-mode apps, Feb 2026: ask for each track instead.
   */
  async tracks(
    ids: readonly string[],
    options: SpotifyMarketOptions = {},
  ): Answer<{ tracks: (Track | null)[] }> {
    return this.load(['tracks'], options, { ids: joinIds(ids) })
  }

  /** An album with its first tracks. `GET /albums/{id}` */
  album(id: string, options: SpotifyMarketOptions = {}): Answer<Album> {
    return this.load(['albums', id], options)
  }

  /** An album's tracks, at most 50 a page. `GET /albums/{id}/tracks` */
  albumTracks(id: string, options: SpotifyMarketPageOptions = {}): Answer<SpotifyPage<TrackSummary>> {
    return this.load(['albums', id, 'tracks'], options)
  }

  /**
   * Up to 20 albums in the order asked for, null where one is unknown. `GET /albums?ids`
   *
   * Removed for development-mode apps, Feb 2026: ask for each album instead.
   */
  async albums(
    ids: readonly string[],
    options: SpotifyMarketOptions = {},
  ): Answer<{ albums: (Album | null)[] }> {
    return this.load(['albums'], options, { ids: joinIds(ids) })
  }

  /** An artist. `GET /artists/{id}` */
  artist(id: string, options: SpotifyOptions = {}): Answer<Artist> {
    return this.load(['artists', id], options)
  }

  /**
   * Up to 50 artists in the order asked for, null where one is unknown. `GET /artists?ids`
   *
   * Removed for development-mode apps, Feb 2026: ask for each artist instead.
   */
  async artists(
    ids: readonly string[],
    options: SpotifyOptions = {},
  ): Answer<{ artists: (Artist | null)[] }> {
    return this.load(['artists'], options, { ids: joinIds(ids) })
  }

  /** An artist's albums, at most 10 a page. `GET /artists/{id}/albums` */
  artistAlbums(id: string, options: ArtistAlbumsOptions = {}): Answer<SpotifyPage<AlbumSummary>> {
    return this.load(['artists', id, 'albums'], options)
  }

  /**
   * An artist's most played tracks. `GET /artists/{id}/top-tracks`
   *
   * Removed for development-mode apps, Feb 2026.
   */
  artistTopTracks(id: string, options: SpotifyMarketOptions = {}): Answer<{ tracks: Track[] }> {
    return this.load(['artists', id, 'top-tracks'], options)
  }

  /**
   * Artists whose listeners overlap. `GET /artists/{id}/related-artists`
   *
   * Restricted since 27 Nov 2024: only apps that had extended access by then.
   */
  relatedArtists(id: string, options: SpotifyOptions = {}): Answer<{ artists: Artist[] }> {
    return this.load(['artists', id, 'related-artists'], options)
  }

  /**
   * A playlist with its first items. `GET /playlists/{id}`
   *
   * Spotify's own and algorithmic playlists: restricted since 27 Nov 2024, and then answered with 404.
   */
  playlist(id: string, options: PlaylistOptions = {}): Answer<Playlist> {
    return this.load(['playlists', id], options)
  }

  /**
   * A playlist's items, at most 50 a page. `GET /playlists/{id}/items`
   *
   * For development-mode apps only the user's own and collaborative playlists, since Feb 2026.
   */
  playlistItems(id: string, options: PlaylistItemsOptions = {}): Answer<SpotifyPage<PlaylistItem>> {
    return this.load(['playlists', id, 'items'], options)
  }

  /**
   * New albums, at most 50 a page. `GET /browse/new-releases`
   *
   * Removed for development-mode apps, Feb 2026.
   */
  newReleases(options: SpotifyPageOptions = {}): Answer<NewReleases> {
    return this.load(['browse', 'new-releases'], options)
  }

  /**
   * Categories of the browse tab. `GET /browse/categories`
   *
   * Removed for development-mode apps, Feb 2026.
   */
  categories(options: CategoriesOptions = {}): Answer<Categories> {
    return this.load(['browse', 'categories'], options)
  }

  /**
   * How a track sounds. `GET /audio-features/{id}`
   *
   * Restricted since 27 Nov 2024: only apps that had extended access by then.
   */
  audioFeatures(id: string, options?: SpotifyOptions): Answer<AudioFeatures>
  /** How up to 100 tracks sound, null where one is unknown. Restricted since 27 Nov 2024. `GET /audio-features?ids` */
  audioFeatures(
    ids: readonly string[],
    options?: SpotifyOptions,
  ): Answer<{ audio_features: (AudioFeatures | null)[] }>
  async audioFeatures(ids: string | readonly string[], options: SpotifyOptions = {}): Promise<unknown> {
    if (typeof ids === 'string') return this.load(['audio-features', ids], options)
    return this.load(['audio-features'], options, { ids: joinIds(ids) })
  }

  /**
   * Tracks like the seeds, of which there may be five in all. `GET /recommendations`
   *
   * Restricted since 27 Nov 2024: only apps that had extended access by then.
   */
  recommendations(options: RecommendationsOptions): Answer<Recommendations> {
    return this.load(['recommendations'], options)
  }

  /** A podcast with its first episodes. `GET /shows/{id}` */
  show(id: string, options: SpotifyMarketOptions = {}): Answer<Show> {
    return this.load(['shows', id], options)
  }

  /** A podcast's episodes, at most 50 a page. `GET /shows/{id}/episodes` */
  showEpisodes(
    id: string,
    options: SpotifyMarketPageOptions = {},
  ): Answer<SpotifyPage<EpisodeSummary | null>> {
    return this.load(['shows', id, 'episodes'], options)
  }

  /** An episode with its podcast. `GET /episodes/{id}` */
  episode(id: string, options: SpotifyMarketOptions = {}): Answer<Episode> {
    return this.load(['episodes', id], options)
  }
}
