// The public names, one by one.
import { defaultCachette } from './default-instance.js'
import { setDefaultInstance } from './doors/service/default-instance.js'

setDefaultInstance(defaultCachette)

export { createCachette, type Cachette } from './create-cachette.js'
export { openDefaultCachette } from './default-instance.js'
export { type CachetteOptions, type MemoryOptions, defineConfig } from './config/cachette-options.js'
export type { RequestSettings, ServiceOptions } from './config/service-options.js'
export type {
  KeyvStoreOptions,
  LmdbStoreOptions,
  RedisStoreOptions,
  StoreOption,
} from './config/store-options.js'
export {
  CachedExternalAPIService,
  type ExternalAnswer,
  type ServiceObjectOptions,
} from './doors/service/cached-external-api-service.js'
export type { ExternalOptions } from './doors/service/external-options.js'
export { CachetteError } from './errors/cachette-error.js'
export type { ErrorCode } from './model/error-code.js'
export type { BudgetState, QuotaState } from './model/limits.js'
export type { Because } from './model/because.js'
export type { DeepReadonly } from './model/deep-readonly.js'
export type { EntryDetails, EntrySummary, Explanation, PurgeRequest } from './model/entry-summary.js'
export type { Metrics, MinuteFigures, Percentiles, ServiceMetrics } from './model/metrics.js'
export { OUTCOMES, type Outcome } from './model/outcome.js'
export type { EventMap, EventName, RequestEvent } from './model/request-event.js'
export type { StoreTier, Tier } from './model/tier.js'
export type { CacheEntry, EntryHead, StoreRecord, VaryNode } from './model/cache-entry.js'
export { type BodySource, EntryBody } from './model/entry-body.js'
export type { KeyvLike } from './model/keyv-like.js'
export type { Cell, CellChange, CellChanged, Cells } from './model/cells.js'
export type { Ledger, LedgerDelta, LedgerFigures, Tally } from './model/ledger.js'
export type { Mark, MarkScope } from './model/mark.js'
export type {
  BodyWriter,
  Changes,
  ListPage,
  ListQuery,
  Store,
  StoreHealth,
  WriteResult,
} from './model/store.js'
export { type Clock, systemClock } from './shared/clock.js'
export { TMDBService } from './providers/tmdb/service.js'
export { SpotifyService } from './providers/spotify/service.js'
export { BooksService } from './providers/books/service.js'
export type { Credits, Person } from './providers/tmdb/person-types.js'
export type { MediaItem, MovieListItem, TmdbPage, TvListItem } from './providers/tmdb/types.js'
export type { Movie, WatchProviders } from './providers/tmdb/movie-types.js'
export type { TvSeason, TvShow } from './providers/tmdb/tv-types.js'
export type { Album, Artist, SpotifyPage, Track } from './providers/spotify/types.js'
export type { Episode, Playlist, SearchResults, Show } from './providers/spotify/listing-types.js'
export type { Bookshelf, Series, Volume, Volumes } from './providers/books/types.js'
