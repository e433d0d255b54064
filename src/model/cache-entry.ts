// One stored response, and the two other things a key can lead to.
import type { EntryBody } from './entry-body.js'
import type { HeaderList } from './header-list.js'

/** Everything about a stored response but its body. All instants are wall-clock milliseconds since the epoch. */
export interface EntryHead {
  readonly key: string
  readonly service: string
  readonly method: string
  /** The canonical URL with credentials redacted. */
  readonly url: string
  /** The canonical URL without credentials: what purges by URL compare. */
  readonly purgeUrl: string
  readonly status: number
  readonly headers: HeaderList
  /** When the body came. */
  readonly storedAtMs: number
  /** When the origin last vouched for it (200 or 304). */
  readonly confirmedAtMs: number
  /**
   * How old it was already when the origin last vouched for it, in milliseconds: caches on the way, and the way itself.
   * 0 in `ttl` mode. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
   */
  readonly initialAgeMs: number
  /** From when on it is stale. */
  readonly staleAtMs: number
  /** From when on it may not be used at all, and is removed. */
  readonly removeAtMs: number
  readonly tags: readonly string[]
  /** True when its TTL came with the call, so that a service TTL lowered later does not touch it. */
  readonly hasCallTtl: boolean
  /** How long the origin took to give it, in milliseconds: what a hit saves. */
  readonly originMs: number
  /** The size of the decoded body, in bytes. */
  readonly sizeBytes: number
  /** Unique per write; the chunks of the body stand under it. */
  readonly bodyId: string
  /** The store's sequence number at the write; a mark with a higher one purges the entry. */
  readonly sequence: number
}

/** A stored response. */
export interface CacheEntry extends EntryHead {
  readonly kind: 'entry'
  readonly body: EntryBody
  /** The monotonic instant at which this process saw it confirmed; absent when it came from a shared tier. */
  readonly confirmedMonotonicMs?: number
}

/** A key whose response varies on headers outside the key: the names lead to the variant's key. */
export interface VaryNode {
  readonly kind: 'vary'
  readonly key: string
  /** Lower-case header names, sorted. */
  readonly names: readonly string[]
  readonly removeAtMs: number
  readonly sequence: number
}

/** What a store finds under a key. */
export type StoreRecord = CacheEntry | VaryNode
