// The marks in force of a store, one per scope and kind, in the order in which they were drawn. A later mark on the same scope
// takes the place of an earlier one, so their number is bounded by the scopes ever purged, and old ones are forgotten
// once nothing is left to cover. Adding one, and asking whether one covers a record, takes no longer the more there are.
import type { EntryHead, StoreRecord, VaryNode } from '../model/cache-entry.js'
import type { Mark, MarkScope, MarkState } from '../model/mark.js'
import { createMarkIndex } from '../model/mark-index.js'

/**
 * How long a mark is kept at least, in milliseconds: longer than most calls take. What a longer one brings is refused by every store
 * that has forgotten a mark drawn after it began.
 */
export const MARK_KEPT_MS = 10 * 60_000

/** Up to so many marks that were replaced may stand in the order before it is made anew, and as many as are in force. */
const REPLACED_KEPT = 64

/** A record, with or without the body of an entry. */
type Covered = StoreRecord | EntryHead

/** The marks of a store. */
export interface MarkTable {
  size(): number
  /** Replaces all marks, in whatever order they come. */
  load(marks: readonly Mark[]): void
  /** Adds a mark, newer than all there are, and returns those that it makes needless. */
  add(mark: Mark): readonly Mark[]
  /** Forgets marks, unless they were drawn anew. */
  forget(marks: readonly Mark[]): void
  /** Those drawn after a sequence number, oldest first; all of them without one. */
  after(sequence?: number): readonly Mark[]
  /** Whether marks newer than `sequence` cover a record. */
  stateSince(record: Covered, sequence: number): MarkState
  /** Begins to look which marks drawn until `atMs` have nothing left to cover. */
  lookForIdle(atMs: number): IdleMarks
}

/** Old marks, of which those that still cover something are taken out one record after the other. */
export interface IdleMarks {
  /** Takes out the marks that cover a record which stays. */
  keepFor(record: Covered): void
  /** Those that covered nothing. */
  left(): readonly Mark[]
}

/** Makes an empty table. */
export function createMarkTable(): MarkTable {
  const index = createMarkIndex()
  const inForce = new Map<string, Mark>()
  let drawn: Mark[] = []

  const isInForce = (mark: Mark): boolean => inForce.get(idOf(mark)) === mark

  function load(marks: readonly Mark[]): void {
    inForce.clear()
    drawn = [...marks].sort((one, other) => one.sequence - other.sequence)
    for (const mark of drawn) inForce.set(idOf(mark), mark)
    index.load(drawn)
  }

  function needlessFor(mark: Mark): readonly Mark[] {
    if (isOnEverything(mark.scope)) {
      return [...inForce.values()].filter((older) => !mark.isSoft || older.isSoft)
    }
    const soft = inForce.get(markId(mark.scope, true))
    const hard = mark.isSoft ? undefined : inForce.get(markId(mark.scope, false))
    return [soft, hard].filter((older) => older !== undefined)
  }

  function after(sequence = -1): readonly Mark[] {
    let from = drawn.length
    while (from > 0 && (drawn[from - 1]?.sequence ?? -1) > sequence) from -= 1
    return drawn.slice(from).filter(isInForce)
  }

  return {
    size: () => inForce.size,
    load,
    add(mark) {
      const needless = needlessFor(mark)
      for (const older of needless) inForce.delete(idOf(older))
      inForce.set(idOf(mark), mark)
      index.add(mark)
      drawn.push(mark)
      if (drawn.length > inForce.size * 2 + REPLACED_KEPT) drawn = drawn.filter(isInForce)
      return needless
    },
    forget(marks) {
      const gone = new Set(
        marks.map(idOf).filter((id, at) => inForce.get(id)?.sequence === marks[at]?.sequence),
      )
      if (gone.size > 0) load([...inForce].filter(([id]) => !gone.has(id)).map(([, mark]) => mark))
    },
    after,
    stateSince(record, sequence) {
      if (!isVaryNode(record)) return index.stateSince(record, sequence)
      // Which headers a response varies on is forgotten by a purge of everything only.
      return index.isAllCovered(sequence) ? 'hard' : 'none'
    },
    lookForIdle(atMs) {
      const idle = new Set(after().filter((mark) => mark.atMs <= atMs))
      return {
        keepFor(record) {
          if (idle.size === 0) return
          if (!isVaryNode(record)) for (const mark of index.covering(record)) idle.delete(mark)
          else for (const mark of idle) if (coversNode(mark, record)) idle.delete(mark)
        },
        left: () => [...idle],
      }
    },
  }
}

/** The same text for the same scope and kind; stores keep marks under it. */
export function markId({ all, service, tag, url, urlPrefix }: MarkScope, isSoft: boolean): string {
  const parts = [isSoft, all === true, service, tag, url]
  return JSON.stringify(urlPrefix === undefined ? parts : [...parts, urlPrefix])
}

/** The scope with nothing in it but what it says. */
export function scopeOf({ all, service, tag, url, urlPrefix }: MarkScope): MarkScope {
  return {
    ...(all === true && { all }),
    ...(service !== undefined && { service }),
    ...(tag !== undefined && { tag }),
    ...(url !== undefined && { url }),
    ...(urlPrefix !== undefined && { urlPrefix }),
  }
}

/** Tells the two kinds of record apart, with or without the body of an entry. */
export function isVaryNode(record: Covered): record is VaryNode {
  return 'kind' in record && record.kind === 'vary'
}

function idOf({ scope, isSoft }: Mark): string {
  return markId(scope, isSoft)
}

/** Whether a scope covers all there is, and nothing narrows it. */
export function isOnEverything({ all, service, tag, url, urlPrefix }: MarkScope): boolean {
  return all === true && (service ?? tag ?? url ?? urlPrefix) === undefined
}

function coversNode(mark: Mark, node: VaryNode): boolean {
  return mark.sequence > node.sequence && isOnEverything(mark.scope)
}
