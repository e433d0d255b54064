// The marks in force, one per scope and kind. A later mark on the same scope takes the place of an earlier one,
// so their number is bounded by the scopes ever purged, and old ones are forgotten once nothing is left to cover.
import type { EntryHead, StoreRecord, VaryNode } from '../model/cache-entry.js'
import { covers, type Mark, type MarkScope } from '../model/mark.js'

/** How long a mark is kept at least: longer than any origin call that began before it may take. */
export const MARK_KEPT_MS = 10 * 60_000

/** The same text for the same scope and kind. */
export function markId(scope: MarkScope, isSoft: boolean): string {
  return JSON.stringify([isSoft, scope.all === true, scope.service, scope.tag, scope.url])
}

/** Whether a new mark makes an older one needless. */
export function supersedes(newer: Mark, older: Mark): boolean {
  if (newer.isSoft && !older.isSoft) return false
  const isEverything = newer.scope.all === true && Object.keys(newer.scope).length === 1
  return isEverything || markId(newer.scope, false) === markId(older.scope, false)
}

/** The scope with nothing in it but what it says. */
export function scopeOf({ all, service, tag, url }: MarkScope): MarkScope {
  return {
    ...(all === true && { all }),
    ...(service !== undefined && { service }),
    ...(tag !== undefined && { tag }),
    ...(url !== undefined && { url }),
  }
}

/** Whether a mark covers a record. Which headers a response varies on is forgotten by a purge of everything only. */
export function coversRecord(mark: Mark, record: StoreRecord | EntryHead): boolean {
  if (!isVaryNode(record)) return covers(mark.scope, record)
  const { all, service, tag, url } = mark.scope
  return all === true && service === undefined && tag === undefined && url === undefined
}

/** Whether a call that began at the given sequence number comes too late to store its record. */
export function isPurgedMeanwhile(
  marks: readonly Mark[],
  record: StoreRecord | EntryHead,
  beganSequence: number,
): boolean {
  return marks.some((mark) => mark.sequence > beganSequence && coversRecord(mark, record))
}

/** Tells the two kinds of record apart, with or without the body of an entry. */
export function isVaryNode(record: StoreRecord | EntryHead): record is VaryNode {
  return 'kind' in record && record.kind === 'vary'
}
