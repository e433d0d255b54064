// The typed methods of Google Books. Each says which endpoint it calls; answers are Google's own bodies.
import type { DeepReadonly } from '../../model/deep-readonly.js'
import type { ServiceObjectOptions } from '../../doors/service/cached-external-api-service.js'
import { checkList, checkQuery } from '../check-argument.js'
import { PLAIN_PARAMS } from '../param-style.js'
import { ProviderService } from '../provider-service.js'
import type {
  AssociatedVolumesOptions,
  BookshelfVolumesOptions,
  BooksOptions,
  BooksSearchOptions,
  VolumeOptions,
} from './options.js'
import type { Bookshelf, Bookshelves, SeriesList, Volume, Volumes } from './types.js'

type Answer<Body> = Promise<DeepReadonly<Body>>

/**
 * Google Books, cached. Needs `GOOGLE_BOOKS_API_KEY`; answers stay fresh for 12 hours unless
 * `CACHE_TTL_BOOKS_HOURS` or the call's `ttlHours` says otherwise, and are never older than 7 days. Every method
 * rejects with a `TypeError` for a blank id or query, and with a `CachetteError` where no answer can be had.
 *
 * @example
 * const books = new BooksService()
 * const found = await books.search('inauthor:herbert intitle:dune', { country: 'US', maxResults: 5 })
 */
export class BooksService extends ProviderService {
  constructor(options: ServiceObjectOptions = {}) {
    super('books', PLAIN_PARAMS, options)
  }

  /**
   * Volumes by words, which may be narrowed by `intitle:`, `inauthor:`, `inpublisher:`, `subject:`, `isbn:`,
   * `lccn:` and `oclc:`. `items` is absent when nothing was found. `GET /volumes`
   */
  async search(query: string, options: BooksSearchOptions = {}): Answer<Volumes> {
    return this.load(['volumes'], options, { q: checkQuery(query) })
  }

  /** A volume in full. `GET /volumes/{volumeId}` */
  volume(id: string, options: VolumeOptions = {}): Answer<Volume> {
    return this.load(['volumes', id], options)
  }

  /** Volumes that go with another. `GET /volumes/{volumeId}/associated` */
  associatedVolumes(id: string, options: AssociatedVolumesOptions = {}): Answer<Volumes> {
    return this.load(['volumes', id, 'associated'], options)
  }

  /** The public shelves of a user. `GET /users/{userId}/bookshelves` */
  bookshelves(userId: string, options: BooksOptions = {}): Answer<Bookshelves> {
    return this.load(['users', userId, 'bookshelves'], options)
  }

  /** A public shelf of a user, by its number. `GET /users/{userId}/bookshelves/{shelf}` */
  bookshelf(userId: string, shelf: number | string, options: BooksOptions = {}): Answer<Bookshelf> {
    return this.load(['users', userId, 'bookshelves', shelf], options)
  }

  /** What stands on a public shelf. `GET /users/{userId}/bookshelves/{shelf}/volumes` */
  bookshelfVolumes(
    userId: string,
    shelf: number | string,
    options: BookshelfVolumesOptions = {},
  ): Answer<Volumes> {
    return this.load(['users', userId, 'bookshelves', shelf, 'volumes'], options)
  }

  /** Series by their ids, one or several. `GET /series/get` */
  async series(ids: string | readonly string[], options: BooksOptions = {}): Answer<SeriesList> {
    const list = typeof ids === 'string' ? [ids] : ids
    return this.load(['series', 'get'], options, { series_id: checkList(list) })
  }
}
