// Entries and decisions as tools show them.
import type { Because } from './because.js'
import type { HeaderList } from './header-list.js'
import type { Tier } from './tier.js'

/** One stored entry, without its body. Instants are milliseconds since the epoch. */
export interface EntrySummary {
  readonly key: string
  readonly service: string
  readonly method: string
  /** Credentials redacted. */
  readonly url: string
  readonly status: number
  readonly sizeBytes: number
  readonly storedAtMs: number
  readonly confirmedAtMs: number
  readonly staleAtMs: number
  readonly removeAtMs: number
  readonly tags: readonly string[]
  readonly tier: Tier
}

/** An entry with what it holds. */
export interface EntryDetails extends EntrySummary {
  readonly headers: HeaderList
  /** JSON parsed, text as a string, else bytes; null when empty. */
  readonly data: unknown
  readonly isPurged: boolean
}

/** Why a call would be answered as it would. */
export interface Explanation {
  readonly key: string
  readonly keyParts: Readonly<Record<string, string>>
  readonly policy: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>
  readonly entry?: EntrySummary
  readonly decision: string
  readonly because: Because
}

/** What to purge: several fields must all match; none is an error. */
export interface PurgeRequest {
  readonly service?: string
  /** A URL, or `…/*` for all those below a path, such as `https://api.example.com/v1/movie/*`. */
  readonly url?: string
  readonly tag?: string
  readonly all?: boolean
  /** True makes entries stale instead of removing them. */
  readonly soft?: boolean
}
