// What a listing shows, the same in every tier. Pure.
import type { EntryHead } from '../model/cache-entry.js'
import type { ListQuery } from '../model/store.js'

/** The most heads a page may have. */
const MAX_LIMIT = 1_000

/** The number of heads to give, within its limits. */
export function pageLimit(query: ListQuery): number {
  return Math.max(1, Math.min(MAX_LIMIT, Math.trunc(query.limit)))
}

/** A test of heads against a query. */
export function listFilter(query: ListQuery): (head: EntryHead) => boolean {
  const wanted = query.query?.toLowerCase()
  return (head) =>
    (query.service === undefined || head.service === query.service) &&
    (wanted === undefined || head.url.toLowerCase().includes(wanted))
}
