// The purge marks in force, arranged so that a lookup asks a few maps and never goes through all of them. Pure.
import { type Coverable, type Mark, type MarkState, covers } from './mark.js'
import { createUncoveredMemo } from './uncovered-memo.js'

/** What a mark may cover. */
export interface Markable extends Coverable {
  readonly sequence: number
}

/** Marks by what they cover. */
export interface MarkIndex {
  /** How many there are. */
  size(): number
  /** Replaces all marks. */
  load(marks: Iterable<Mark>): void
  /** Adds a mark, in the place of those that it makes needless. */
  add(mark: Mark): void
  /** Whether marks newer than the entry cover it. */
  stateOf(entry: Markable): MarkState
  /** Whether marks newer than `sequence` cover an entry, whatever number that has. */
  stateSince(entry: Coverable, sequence: number): MarkState
  /** True where a mark newer than `sequence` may cover what the call will bring; its tags are not known yet. */
  mayCover(call: Omit<Coverable, 'tags'>, sequence: number): boolean
  /** True where a mark newer than `sequence` covers everything there is. */
  isAllCovered(sequence: number): boolean
  /** The marks newer than the entry that cover it. */
  covering(entry: Markable): readonly Mark[]
}

const NO_TAGS: readonly string[] = Object.freeze([])

/** Makes an empty index. */
export function createMarkIndex(): MarkIndex {
  let onAll: readonly Mark[] = []
  const byService = new Map<string, readonly Mark[]>()
  const byUrl = new Map<string, readonly Mark[]>()
  const byTag = new Map<string, readonly Mark[]>()
  const byPrefix = new Map<string, readonly Mark[]>()
  const maps = [byService, byUrl, byTag, byPrefix]
  const uncovered = createUncoveredMemo()
  let count = 0
  /** How often the marks changed. */
  let version = 0
  let newest = 0
  let newestTagged = 0
  let longestPrefix = 0

  /** Where a mark stands: by the narrowest of its fields. */
  function placeOf({ scope }: Mark): readonly [Map<string, readonly Mark[]>, string] | undefined {
    if (scope.url !== undefined) return [byUrl, scope.url]
    if (scope.tag !== undefined) return [byTag, scope.tag]
    if (scope.urlPrefix !== undefined) return [byPrefix, scope.urlPrefix]
    return scope.service === undefined ? undefined : [byService, scope.service]
  }

  function add(mark: Mark): void {
    version += 1
    const place = placeOf(mark)
    if (place === undefined) return addOnAll(mark)
    const [map, name] = place
    const before = map.get(name) ?? []
    const left = before.filter((older) => !(isOlder(older, mark) && isSameScope(older, mark)))
    map.set(name, [...left, mark])
    count += left.length + 1 - before.length
    newest = Math.max(newest, mark.sequence)
    if (mark.scope.tag !== undefined) newestTagged = Math.max(newestTagged, mark.sequence)
    longestPrefix = Math.max(longestPrefix, mark.scope.urlPrefix?.length ?? 0)
  }

  /** A mark on everything makes all others needless that are older. One without any field covers nothing. */
  function addOnAll(mark: Mark): void {
    if (mark.scope.all !== true) return
    onAll = [...onAll.filter((older) => !isOlder(older, mark)), mark]
    count = onAll.length
    for (const map of maps) {
      for (const [name, marks] of map) {
        const left = marks.filter((older) => !isOlder(older, mark))
        if (left.length === 0) map.delete(name)
        else if (left.length < marks.length) map.set(name, left)
        count += left.length
      }
    }
    newest = Math.max(newest, mark.sequence)
  }

  /** Calls back with each list in which marks on an entry may stand, until it says that it has seen enough. */
  function visit(entry: Coverable, see: (marks: readonly Mark[]) => boolean): void {
    if (see(onAll) || seeIn(byService, entry.service, see) || seeIn(byUrl, entry.purgeUrl, see)) return
    if (byTag.size > 0) for (const tag of entry.tags) if (seeIn(byTag, tag, see)) return
    if (byPrefix.size > 0) visitPrefixes(entry.purgeUrl, see)
  }

  /** A prefix ends with a slash of the path, so there are as many to ask for as the path has slashes. */
  function visitPrefixes(url: string, see: (marks: readonly Mark[]) => boolean): void {
    const query = url.indexOf('?')
    const end = Math.min(query < 0 ? url.length : query, longestPrefix)
    let slash = url.indexOf('/', url.indexOf('://') + 3)
    while (slash >= 0 && slash < end) {
      if (seeIn(byPrefix, url.slice(0, slash + 1), see)) return
      slash = url.indexOf('/', slash + 1)
    }
  }

  function stateSince(entry: Coverable, sequence: number): MarkState {
    if (sequence >= newest) return 'none'
    let state: MarkState = 'none'
    visit(entry, (marks) => {
      for (const mark of marks) {
        if (mark.sequence <= sequence || !covers(mark.scope, entry)) continue
        state = mark.isSoft ? 'soft' : 'hard'
        if (state === 'hard') return true
      }
      return false
    })
    return state
  }

  return {
    size: () => count,
    add,
    load(marks) {
      onAll = []
      for (const map of maps) map.clear()
      version += 1
      count = newest = newestTagged = longestPrefix = 0
      for (const mark of marks) add(mark)
    },
    stateOf(entry) {
      if (entry.sequence >= newest || uncovered.has(entry, version)) return 'none'
      const state = stateSince(entry, entry.sequence)
      if (state === 'none') uncovered.note(entry, version)
      return state
    },
    stateSince,
    mayCover: (call, sequence) =>
      newestTagged > sequence || stateSince({ ...call, tags: NO_TAGS }, sequence) !== 'none',
    isAllCovered: (sequence) => onAll.some((mark) => mark.sequence > sequence),
    covering(entry) {
      const found: Mark[] = []
      if (entry.sequence >= newest) return found
      visit(entry, (marks) => {
        for (const mark of marks)
          if (mark.sequence > entry.sequence && covers(mark.scope, entry)) found.push(mark)
        return false
      })
      return found
    },
  }
}

function seeIn(
  map: ReadonlyMap<string, readonly Mark[]>,
  name: string,
  see: (marks: readonly Mark[]) => boolean,
): boolean {
  const marks = map.size === 0 ? undefined : map.get(name)
  return marks !== undefined && see(marks)
}

/** True for a mark that the newer one makes needless, where it covers no more. */
function isOlder(older: Mark, newer: Mark): boolean {
  return older.sequence <= newer.sequence && (!newer.isSoft || older.isSoft)
}

function isSameScope({ scope: one }: Mark, { scope: other }: Mark): boolean {
  return (
    one.service === other.service &&
    one.url === other.url &&
    one.tag === other.tag &&
    one.urlPrefix === other.urlPrefix
  )
}
