// An entry's head for decisions: stored at a round instant, fresh for an hour.
import type { DatedEntry } from '../../src/decide/freshness-policy.js'

export const STORED_AT_MS = Date.UTC(2026, 0, 15, 12)
export const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS

export function entryWith(changes: Partial<DatedEntry> = {}): DatedEntry {
  return {
    key: 'k',
    service: 'my_service',
    method: 'GET',
    url: 'https://api.example.com/data',
    purgeUrl: 'https://api.example.com/data',
    status: 200,
    headers: [],
    storedAtMs: STORED_AT_MS,
    confirmedAtMs: STORED_AT_MS,
    initialAgeMs: 0,
    staleAtMs: STORED_AT_MS + HOUR_MS,
    removeAtMs: STORED_AT_MS + HOUR_MS + WEEK_MS,
    tags: [],
    hasCallTtl: false,
    originMs: 80,
    sizeBytes: 2,
    bodyId: 'b',
    sequence: 1,
    ...changes,
  }
}

/** So long after the entry was stored, by a process that did not see it arrive. */
export function after(elapsedMs: number): { readonly nowMs: number; readonly monotonicMs: number } {
  return { nowMs: STORED_AT_MS + elapsedMs, monotonicMs: 1_000 + elapsedMs }
}
