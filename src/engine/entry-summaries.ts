// Entries as tools show them. Pure.
import type { EntryHead } from '../model/cache-entry.js'
import type { EntrySummary } from '../model/entry-summary.js'
import type { Tier } from '../model/tier.js'

/** A head without what is the store's own business. */
export function summaryOf(head: EntryHead, tier: Tier): EntrySummary {
  return {
    key: head.key,
    service: head.service,
    method: head.method,
    url: head.url,
    status: head.status,
    sizeBytes: head.sizeBytes,
    storedAtMs: head.storedAtMs,
    confirmedAtMs: head.confirmedAtMs,
    staleAtMs: head.staleAtMs,
    removeAtMs: head.removeAtMs,
    tags: head.tags,
    tier,
  }
}
