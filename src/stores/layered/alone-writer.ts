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
  /** Writes an entry that `keep` makes a copy of under the number that it is given. */
  finish(
    head: EntryHead,
    beganSequence: number,
    keep: (sequence: number) => Promise<boolean>,
  ): Promise<WriteResult>
}

const PURGED_MEANWHILE: WriteResult = Object.freeze({ isStored: false, because: 'purged-meanwhile' })

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

  async function admit(
    known: LinkState,
    record: StoreRecord | EntryHead,
    beganSequence: number,
  ): Promise<boolean> {
    if (beganSequence < (known.forgotten ?? 0)) return false
    const marks = await marksAt(known)
    if (marks.stateSince(record, beganSequence) !== 'none') return false
    if (!known.isAlone) await link.state.update((before) => ({ ...before, isAlone: true }))
    return true
  }

  async function store(
    record: StoreRecord | EntryHead,
    beganSequence: number,
    keep: (sequence: number) => Promise<boolean>,
  ): Promise<WriteResult> {
    const known = await link.alone()
    if (!(await admit(known, record, beganSequence))) return PURGED_MEANWHILE
    // The number of the look that the purges were read for: one drawn since then stands above it.
    const sequence = numberOf(known)
    const copy = (await front.head(record.key)) ?? front.read(record.key)
    // One with that very number would be taken for the same.
    if (copy !== undefined && copy.sequence >= sequence) await front.forget(record.key)
    if (!(await keep(sequence))) return { isStored: false, because: 'full' }
    if (isSameLink(await link.state.read(), known)) return { isStored: true, sequence }
    // The store behind came back meanwhile, and what had such a number was dropped without this one.
    await front.forget(record.key)
    return PURGED_MEANWHILE
  }

  return {
    write: (record, beganSequence) =>
      store(record, beganSequence, (sequence) => front.keep({ ...record, sequence })),
    finish: store,
  }
}
