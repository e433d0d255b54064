// The one interface that every tier implements; the engine knows no other.
import type { Cells } from './cells.js'
import type { EntryHead, StoreRecord } from './cache-entry.js'
import type { Ledger } from './ledger.js'
import type { Mark, MarkScope } from './mark.js'
import type { Awaitable, StoreTier } from './tier.js'

/**
 * A place where entries are kept. Reads never throw for a bad entry: a corrupt, truncated, foreign or newer one
 * is a miss and is removed. Everything else may reject; the engine turns that into an event, not into a
 * caller's error. Each write, removal and mark takes the next number of one sequence that all processes on the
 * store share.
 */
export interface Store {
  readonly tier: StoreTier
  /** True for a store on the far side of a network, which may be away while this process goes on. */
  readonly isRemote?: boolean
  /** True while what is on the far side does not answer and nearer copies stand in for it; what others change is not seen. */
  isAway?(): boolean
  /** Where a record or head that this store gave was found, for one that consists of several; else it is {@link Store.tier}. */
  tierOf?(found: StoreRecord | EntryHead): StoreTier

  /** The record under a key with its whole body, or undefined. Records past `removeAtMs` may still be returned. */
  read(key: string): Awaitable<StoreRecord | undefined>

  /** The head under a key, without reading the body. */
  head(key: string): Awaitable<EntryHead | undefined>

  /**
   * Stores a record; resolves once it is committed. Nothing is written when a mark that covers the entry is
   * newer than `beganSequence`, since the call began before the purge; nor when any mark newer than that was forgotten,
   * since that one may have covered it.
   */
  write(record: StoreRecord, beganSequence: number): Promise<WriteResult>

  /**
   * Takes a body that comes in pieces, too large to be held; undefined where the tier cannot. What was written is found
   * under no key before {@link BodyWriter.finish}.
   */
  writeBody?(bodyId: string): BodyWriter
  /** Replaces the head of an entry, keeping the body, if the entry still has the same `bodyId`. */
  confirm(head: EntryHead, beganSequence: number): Promise<WriteResult>

  /** Removes a record; true if there was one. */
  remove(key: string): Promise<boolean>

  /** Draws a mark; resolves once every process on the store can see it. */
  addMark(scope: MarkScope, options: { readonly isSoft: boolean; readonly atMs: number }): Promise<Mark>

  /**
   * The marks in force: all of them, or those drawn after a sequence number, without looking at the others. More than
   * those may be given.
   */
  marks(afterSequence?: number): Awaitable<readonly Mark[]>

  /** The number of the last write, removal or mark by any process. */
  sequence(): Awaitable<number>

  /** What changed after the given number. `isComplete` is false when the store no longer knows all of it. */
  changesSince(sequence: number): Awaitable<Changes>

  /** Heads in key order, a page at a time. Entries under newer hard marks may be included. */
  list(query: ListQuery): Awaitable<ListPage>

  /**
   * Removes what `isRemovable` accepts and returns how many went. `expiredAtMs` narrows what goes: only entries whose
   * `removeAtMs` is not after it are asked about. The store may look at every entry all the same, always does without it,
   * and may then forget old marks that cover nothing; see {@link Store.write}.
   */
  clean(
    isRemovable: (head: EntryHead) => boolean,
    options?: { readonly expiredAtMs?: number },
  ): Promise<number>

  /** 32 secret bytes that belong to this store, made at the first call of any process. */
  secret(): Awaitable<Uint8Array>

  /** Small values that all processes on the store change together. */
  readonly cells: Cells

  /** Counters of all processes on the store. */
  readonly ledger: Ledger

  /** Whether it works, and how much it holds. Never throws. */
  health(): Awaitable<StoreHealth>

  /** Finishes the writes under way and lets go of files and sockets. */
  close(): Promise<void>
}

/** A body on its way into a tier, piece by piece. Whatever does not become an entry is to be abandoned. */
export interface BodyWriter {
  /** Adds bytes; resolves when more may come. */
  add(bytes: Uint8Array): Promise<void>
  /** What was added so far, from the first byte on, for callers that came later. Valid until `abandon`. */
  written(): Iterable<Uint8Array>
  /**
   * Makes it an entry, in one step with its head; refused like {@link Store.write}, and then what was written can still be
   * read until {@link BodyWriter.abandon}.
   */
  finish(head: EntryHead, beganSequence: number): Promise<WriteResult>
  /** Lets go of what was written. */
  abandon(): Promise<void>
}

/** A tier that answers reads at once. */
export interface SyncStore extends Store {
  read(key: string): StoreRecord | undefined
}

/** A tier that can stand in front of another one, holding copies of what that one gave. */
export interface NearStore extends SyncStore {
  /** The record under a key, as {@link Store.read} gives it, without that counting as a use. */
  peek(key: string): StoreRecord | undefined
  /** Holds a record as it is, with the sequence number of the tier behind; may drop others to make room. */
  keep(record: StoreRecord): void
  /** Lets go of one copy. */
  forget(key: string): void
  /** Lets go of all copies. */
  forgetAll(): void
}

/**
 * An embedded tier that can stand in front of a remote one for all processes of a machine. It then holds copies of what the
 * remote one has, under the numbers which that one gave: those are what the remote one's marks are compared with. Whoever
 * puts another remote store behind it, or finds that the one behind began anew, empties it first.
 */
export interface FrontStore extends SyncStore {
  /**
   * Holds a record as it is, with the sequence number of the tier behind; may drop others to make room. False where nothing was
   * kept: the record is too large, a newer copy is there, what had come of its body was forgotten, or nothing can be written.
   *
   * @throws whatever the store throws where a transaction fails
   */
  keep(record: StoreRecord): Promise<boolean>
  /** Takes a body that comes in pieces, and can end as a copy. */
  writeBody(bodyId: string): FrontBodyWriter
  /** Lets go of one copy. */
  forget(key: string): Promise<void>
  /** Lets go of all copies, and of bodies that are still coming. */
  forgetAll(): Promise<void>
}

/** A body on its way into a front. */
export interface FrontBodyWriter extends BodyWriter {
  /** Makes it a copy of what the tier behind has, under the head's number; false as for {@link FrontStore.keep}. */
  keep(head: EntryHead): Promise<boolean>
}

/** What became of a write. */
export type WriteResult =
  | { readonly isStored: true; readonly sequence: number }
  | { readonly isStored: false; readonly because: 'purged-meanwhile' | 'replaced' | 'read-only' | 'full' }

/** What other processes and this one changed. */
export interface Changes {
  /** The number up to which this answer tells. */
  readonly sequence: number
  /**
   * Keys written or removed, each with the number of its last change: a copy of an entry with that sequence number, or a
   * higher one, is not older than what the store has.
   */
  readonly keys: ReadonlyMap<string, number>
  /** True when marks were drawn. */
  readonly hasNewMarks: boolean
  /** False when older changes were already forgotten: everything may have changed. */
  readonly isComplete: boolean
}

/** What to list. */
export interface ListQuery {
  readonly service?: string
  /** A substring of the URL, compared without regard to case. */
  readonly query?: string
  /** At most this many; 1 to 1,000. */
  readonly limit: number
  /** Where the page before ended. */
  readonly cursor?: string
}

/** One page of heads; `cursor` is absent on the last one. */
export interface ListPage {
  readonly entries: readonly EntryHead[]
  readonly cursor?: string
}

/** A tier's state. */
export interface StoreHealth {
  readonly tier: StoreTier
  readonly isWritable: boolean
  readonly entries: number
  readonly sizeBytes: number
  readonly maxBytes: number
  /** Where it is: a folder or a redacted URL. */
  readonly location?: string
  /** Present where what is stored is encrypted. */
  readonly encryption?: {
    /** About how many entries stand under another key than the present one. */
    readonly entriesUnderOlderKeys: number
  }
  /** What is wrong, as a sentence. */
  readonly problem?: string
}
