// Finds an entry by what a person has at hand: a key, the beginning of one, or a URL.
import type { Cachette } from '../create-cachette.js'
import { configError } from '../errors/cachette-error.js'
import type { EntryDetails } from '../model/entry-summary.js'

/** Beginnings shorter than this name too much. */
const SHORTEST_BEGINNING = 6
const PAGE_SIZE = 1_000
/** Looking through more entries than this for a beginning would take too long. */
const MOST_PAGES = 200

/** The entry under a key, or under the only key that begins so; a cut key may end in `…`. */
export async function findByKey(instance: Cachette, given: string): Promise<EntryDetails | undefined> {
  const beginning = given.replace(/(…|\.\.\.)$/, '')
  const exact = await instance.entry(beginning)
  if (exact !== undefined || beginning.length < SHORTEST_BEGINNING) return exact
  const keys = await keysBeginningWith(instance, beginning)
  if (keys.length > 1) {
    throw configError(
      `'${beginning}' begins ${keys.length} keys or more; give more of it: ${keys.join(', ')}`,
    )
  }
  return keys[0] === undefined ? undefined : instance.entry(keys[0])
}

/** At most three such keys. */
async function keysBeginningWith(instance: Cachette, beginning: string): Promise<readonly string[]> {
  const found: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { entries, cursor: next } = await instance.list({
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const { key } of entries) if (key.startsWith(beginning)) found.push(key)
    if (next === undefined || found.length > 2) break
    cursor = next
  }
  return found.slice(0, 3)
}
