// Listing and cleaning by the index. What the server removed by itself is found missing here, and taken out of the index.
import type { EntryHead } from '../../model/cache-entry.js'
import type { Mark } from '../../model/mark.js'
import type { ListPage, ListQuery } from '../../model/store.js'
import type { Clock } from '../../shared/clock.js'
import { listFilter, pageLimit } from '../list-page.js'
import { MARK_KEPT_MS } from '../mark-table.js'
import type { StoredHead } from '../codec/head-codec.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { RecordReader } from './record-reader.js'
import type { RecordWriter } from './record-writer.js'
import type { SharedState } from './shared-state.js'

/** What cleaning is told. */
export interface Cleaning {
  readonly isRemovable: (head: EntryHead) => boolean
  /** Only entries that may not be used from then on. */
  readonly expiredAtMs: number | undefined
}

/** Lists and cleans. */
export interface EntryIndex {
  list(query: ListQuery): Promise<ListPage>
  clean(cleaning: Cleaning): Promise<number>
}

/** What the index takes. */
export interface EntryIndexContext {
  readonly link: Link
  readonly names: KeyNames
  readonly state: SharedState
  readonly reader: RecordReader
  readonly writer: RecordWriter
  readonly clock: Clock
}

/** Heads read at a time. */
const AT_ONCE = 100

/** A key of the index, and what stands under it. */
interface Looked {
  readonly key: string
  readonly stored: StoredHead | undefined
}

/** Makes the index of a store. */
export function createEntryIndex(context: EntryIndexContext): EntryIndex {
  const { link, names, state, reader, writer, clock } = context

  /** Looks at keys, and forgets those under which nothing stands, unless they are written meanwhile. */
  async function look(keys: readonly string[]): Promise<readonly Looked[]> {
    const numbers = await state.indexed(keys)
    const looked = await Promise.all(
      keys.map(async (key) => ({ key, stored: (await reader.peek(key))?.stored })),
    )
    const missing = looked.flatMap(({ key, stored }, index) =>
      stored === undefined ? [{ key, number: numbers[index] ?? 0 }] : [],
    )
    await state.forget(missing, { isChange: false })
    return looked
  }

  async function* pagesByName(after: string | undefined): AsyncGenerator<readonly Looked[]> {
    let from = after === undefined ? '-' : `(${after}`
    for (;;) {
      const words = ['ZRANGEBYLEX', names.names, from, '+', 'LIMIT', '0', String(AT_ONCE)]
      const keys = textsOf(await link.talk('list', words))
      if (keys.length > 0) yield await look(keys)
      if (keys.length < AT_ONCE) return
      from = `(${keys.at(-1) ?? ''}`
    }
  }

  /** By rank: entries that stay push the place from which the next page is read. */
  async function* pagesByExpiry(expiredAtMs: number): AsyncGenerator<readonly Looked[]> {
    let kept = 0
    for (;;) {
      const words = [
        'ZRANGEBYSCORE',
        names.expiry,
        '-inf',
        String(expiredAtMs),
        'LIMIT',
        String(kept),
        String(AT_ONCE),
      ]
      const keys = textsOf(await link.talk('clean', words))
      if (keys.length > 0) yield await look(keys)
      if (keys.length < AT_ONCE) return
      kept += await countThere(keys)
    }
  }

  async function countThere(keys: readonly string[]): Promise<number> {
    const scores = (await link.talk('clean', ['ZMSCORE', names.expiry, ...keys])) as readonly unknown[]
    return scores.filter((score) => score !== null).length
  }

  /** Marks that are old and cover nothing any more. */
  async function forgetMarks(covering: { left(): readonly Mark[] }): Promise<void> {
    await state.forgetMarks(covering.left())
  }

  return {
    async list(query) {
      const isWanted = listFilter(query)
      const limit = pageLimit(query)
      const heads: EntryHead[] = []
      for await (const page of pagesByName(query.cursor)) {
        for (const { stored } of page) {
          if (stored?.kind === 'entry' && isWanted(stored.head)) heads.push(stored.head)
        }
        if (heads.length > limit) break
      }
      const entries = heads.slice(0, limit)
      const cursor = entries.at(-1)?.key
      return heads.length > limit && cursor !== undefined ? { entries, cursor } : { entries }
    },

    async clean({ isRemovable, expiredAtMs }) {
      const idle = await state.known(({ marks }) => marks.lookForIdle(clock.nowMs() - MARK_KEPT_MS))
      let removed = 0
      for await (const page of expiredAtMs === undefined
        ? pagesByName(undefined)
        : pagesByExpiry(expiredAtMs)) {
        for (const { key, stored } of page) {
          if (stored === undefined) continue
          const isEntry = stored.kind === 'entry'
          const isGone = isEntry ? isRemovable(stored.head) : stored.node.removeAtMs <= clock.nowMs()
          if (!isGone) idle.keepFor(isEntry ? stored.head : stored.node)
          else if ((await writer.remove(key)) && isEntry) removed += 1
        }
      }
      if (expiredAtMs === undefined) await forgetMarks(idle)
      return removed
    },
  }
}

function textsOf(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : []
}
