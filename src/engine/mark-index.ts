// The purge marks in force, arranged so that a lookup asks a few maps and never scans.
import type { PurgeState } from '../decide/decide-lookup.js'
import { type Mark, covers } from '../model/mark.js'

/** What a mark may cover. */
export interface Markable {
  readonly service: string
  readonly purgeUrl: string
  readonly tags: readonly string[]
  readonly sequence: number
}

/** Marks by what they cover. */
export interface MarkIndex {
  /** Replaces all marks. */
  load(marks: readonly Mark[]): void
  add(mark: Mark): void
  /** Whether marks newer than the entry cover it. */
  stateOf(entry: Markable): PurgeState
  /** True where a mark newer than `sequence` may cover what the call will bring; its tags are not known yet. */
  mayCover(call: { readonly service: string; readonly purgeUrl: string }, sequence: number): boolean
}

/** Makes an empty index. */
export function createMarkIndex(): MarkIndex {
  const general: Mark[] = []
  const byService = new Map<string, Mark[]>()
  const byUrl = new Map<string, Mark[]>()
  const byTag = new Map<string, Mark[]>()
  let newest = 0
  let newestTagged = 0

  function bucketOf({ scope }: Mark): Mark[] {
    if (scope.url !== undefined) return bucket(byUrl, scope.url)
    if (scope.tag !== undefined) return bucket(byTag, scope.tag)
    if (scope.service !== undefined) return bucket(byService, scope.service)
    return general
  }

  function add(mark: Mark): void {
    const marks = bucketOf(mark)
    const isSuperseded = (older: Mark): boolean =>
      older.sequence <= mark.sequence && (!mark.isSoft || older.isSoft) && sameScope(older, mark)
    marks.splice(0, marks.length, ...marks.filter((older) => !isSuperseded(older)), mark)
    newest = Math.max(newest, mark.sequence)
    if (mark.scope.tag !== undefined) newestTagged = Math.max(newestTagged, mark.sequence)
  }

  function* candidates(entry: Omit<Markable, 'sequence'>): Iterable<Mark> {
    yield* general
    yield* byService.get(entry.service) ?? []
    yield* byUrl.get(entry.purgeUrl) ?? []
    for (const tag of entry.tags) yield* byTag.get(tag) ?? []
  }

  return {
    add,
    load(marks) {
      general.length = 0
      for (const map of [byService, byUrl, byTag]) map.clear()
      newest = 0
      newestTagged = 0
      for (const mark of marks) add(mark)
    },
    stateOf(entry) {
      if (entry.sequence >= newest) return 'none'
      let state: PurgeState = 'none'
      for (const mark of candidates(entry)) {
        if (mark.sequence <= entry.sequence || !covers(mark.scope, entry)) continue
        if (!mark.isSoft) return 'hard'
        state = 'soft'
      }
      return state
    },
    mayCover(call, sequence) {
      if (newest <= sequence) return false
      if (newestTagged > sequence) return true
      for (const mark of candidates({ ...call, tags: [] })) {
        if (mark.sequence > sequence && covers(mark.scope, { ...call, tags: [] })) return true
      }
      return false
    },
  }
}

function sameScope(one: Mark, other: Mark): boolean {
  return (
    one.scope.service === other.scope.service &&
    one.scope.url === other.scope.url &&
    one.scope.tag === other.scope.tag
  )
}

function bucket(map: Map<string, Mark[]>, name: string): Mark[] {
  const known = map.get(name)
  if (known !== undefined) return known
  const made: Mark[] = []
  map.set(name, made)
  return made
}
