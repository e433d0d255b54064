// Copies of what the store behind has, put into the front and taken out of it. A front that fails costs a word, nothing else.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import type { FrontStore, Store } from '../../model/store.js'
import { isVaryNode } from '../mark-table.js'
import type { BackLink } from './back-link.js'
import { isSameLink, type LinkState } from './link-state.js'

/** Copies in a front. */
export interface FrontCopies {
  /** Keeps a copy that was read, or written, behind after `before` was looked at. */
  keep(copy: StoreRecord, before: LinkState | undefined): Promise<void>
  /** The same for a copy that `put` puts into the front; false where it could not. */
  keepBy(
    copy: StoreRecord | EntryHead,
    before: LinkState | undefined,
    put: () => Promise<boolean>,
  ): Promise<void>
  /** The same, while the caller goes on. */
  promote(copy: StoreRecord, before: LinkState | undefined): void
  /** Lets go of a copy; true if there was one. */
  forget(key: string): Promise<boolean>
  /** Does something with the front; a failure is told, and undefined comes back. */
  guarded<Result>(operation: string, work: () => Promise<Result>): Promise<Result | undefined>
  /** Resolves when what was begun is done. */
  settled(): Promise<void>
}

/** What it takes. */
export interface FrontCopiesParts {
  readonly front: FrontStore
  readonly back: Store
  readonly link: BackLink
  readonly onFrontFailure: (operation: string, error: unknown) => void
}

/** The most bytes that may wait to be copied; what comes beyond is fetched again when it is asked for. */
const MAX_WAITING_BYTES = 32 * 1024 ** 2

/** Keeps copies in a front. */
export function createFrontCopies({ front, back, link, onFrontFailure }: FrontCopiesParts): FrontCopies {
  const promoting = new Set<Promise<unknown>>()
  let waitingBytes = 0

  async function guarded<Result>(
    operation: string,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work()
    } catch (error) {
      onFrontFailure(operation, error)
      return undefined
    }
  }

  async function isLatest(copy: StoreRecord | EntryHead): Promise<boolean> {
    try {
      return !isVaryNode(copy) && (await back.head(copy.key))?.sequence === copy.sequence
    } catch {
      return false
    }
  }

  /** Where changes were applied meanwhile, one of them may have been meant for this very copy. */
  async function keepBy(
    copy: StoreRecord | EntryHead,
    before: LinkState | undefined,
    put: () => Promise<boolean>,
  ): Promise<void> {
    await guarded('keep a copy', async () => {
      // Together, since they are committed together: purges drawn here later stand above the copy.
      const [isKept] = await Promise.all([put(), link.state.note(copy.sequence)])
      if (!isKept || isSameLink(await link.state.read(), before)) return
      if (!(await isLatest(copy))) await front.forget(copy.key)
    })
  }

  const keep: FrontCopies['keep'] = (copy, before) => keepBy(copy, before, () => front.keep(copy))

  return {
    keep,
    keepBy,
    promote(copy, before) {
      const bytes = copy.kind === 'entry' ? copy.sizeBytes : 0
      if (waitingBytes > 0 && waitingBytes + bytes > MAX_WAITING_BYTES) return
      waitingBytes += bytes
      const work = keep(copy, before).finally(() => {
        waitingBytes -= bytes
        promoting.delete(work)
      })
      promoting.add(work)
    },
    async forget(key) {
      const isForgotten = await guarded('forget a copy', async () => {
        const isThere = ((await front.head(key)) ?? front.read(key)) !== undefined
        if (isThere) await front.forget(key)
        return isThere
      })
      return isForgotten === true
    },
    guarded,
    async settled() {
      await Promise.all(promoting)
    },
  }
}
