// Writing to the front alone, while the store behind is away. What is written gets the last number that is known here, so that
// purges drawn later cover it, whichever number they get in the end.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { FrontStore, WriteResult } from '../../model/store.js'
import { createMarkTable, type MarkTable } from '../mark-table.js'
import type { BackLink } from './back-link.js'
import { isSameLink, type LinkState, numberOf } from './link-state.js'

/** Writes to a front alone. */
export interface AloneWriter {
  write(record: StoreRecord, beganSequence: number): Promise<WriteResult>
  /** The number that a head written now gets, or why it may not be. */
  admit(record: StoreRecord | EntryHead, beganSequence: number): Promise<WriteResult>
}

/** Makes a writer to a front. */
export function createAloneWriter(front: FrontStore, link: BackLink): AloneWriter {
  let loaded = { standing: '', table: createMarkTable() }

  async function marksAt({ applied, applying, local }: LinkState): Promise<MarkTable> {
    const standing = [applied, applying, local].join()
    if (standing === loaded.standing) return loaded.table
    const table = createMarkTable()
    table.load(await link.marks.all())
    loaded = { standing, table }
    return table
  }

  async function admit(record: StoreRecord | EntryHead, beganSequence: number): Promise<WriteResult> {
    const known = await link.alone()
    const marks = await marksAt(known)
    if (marks.stateSince(record, beganSequence) !== 'none') {
      return { isStored: false, because: 'purged-meanwhile' }
    }
    if (!known.isAlone) await link.state.update((before) => ({ ...before, isAlone: true }))
    // The number of the look that the purges were read for: one drawn since then stands above it.
    return { isStored: true, sequence: numberOf(known) }
  }

  return {
    admit,
    async write(record, beganSequence) {
      const known = await link.alone()
      const admitted = await admit(record, beganSequence)
      if (!admitted.isStored) return admitted
      const copy = (await front.head(record.key)) ?? front.read(record.key)
      // One with that very number would be taken for the same.
      if (copy !== undefined && copy.sequence >= admitted.sequence) await front.forget(record.key)
      const isKept = await front.keep({ ...record, sequence: admitted.sequence })
      if (!isKept) return { isStored: false, because: 'full' }
      if (isSameLink(await link.state.read(), known)) return admitted
      // The store behind came back meanwhile, and what had such a number was dropped without this one.
      await front.forget(record.key)
      return { isStored: false, because: 'purged-meanwhile' }
    },
  }
}
