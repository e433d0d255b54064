// One page of heads in key order.
import type { EntryHead } from '../../model/cache-entry.js'
import type { ListPage, ListQuery } from '../../model/store.js'
import { listFilter, pageLimit } from '../list-page.js'
import { recordKey } from './keys.js'
import { scanHeads } from './scan-heads.js'
import type { Tables } from './tables.js'

/** Lists what a query asks for. */
export async function listHeads(tables: Tables, query: ListQuery): Promise<ListPage> {
  const isWanted = listFilter(query)
  const limit = pageLimit(query)
  const entries: EntryHead[] = []
  const after = query.cursor === undefined ? undefined : recordKey(query.cursor)
  for await (const batch of scanHeads(tables, after)) {
    for (const { found } of batch) {
      if (found.state !== 'whole' || found.stored.kind !== 'entry' || !isWanted(found.stored.head)) continue
      const cursor = entries.at(-1)?.key
      if (entries.length === limit && cursor !== undefined) return { entries, cursor }
      entries.push(found.stored.head)
    }
  }
  return { entries }
}
