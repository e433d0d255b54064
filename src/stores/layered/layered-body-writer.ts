// A body on its way into both layers. Where one of them fails in the middle, or it is too large for one, the other goes on.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import type { BodyWriter, FrontBodyWriter, Store, WriteResult } from '../../model/store.js'
import type { AloneWriter } from './alone-writer.js'
import type { FrontCopies } from './front-copies.js'
import type { LinkState } from './link-state.js'

/** What it takes. */
export interface LayeredBodyParts {
  readonly near: FrontBodyWriter
  /** Undefined where the store behind takes no bodies in pieces: it is then given the whole at the end. */
  readonly far: BodyWriter | undefined
  readonly back: Store
  /** Ends it in the front alone. */
  readonly alone: AloneWriter['finish']
  /** The number of the store behind that another one stands for. */
  readonly behind: (number: number) => number
  /** Told of a failure of the store behind. */
  readonly onFarFailure: () => void
  /** Resolves when the store behind may be used, with how the front stands to it. */
  readonly ready: () => Promise<LinkState | undefined>
  /** Resolves when the front may be used: it may be emptied before. */
  readonly begin: () => Promise<unknown>
  /** Keeps a copy of what the store behind took. */
  readonly keepCopy: FrontCopies['keepBy']
}

/** How one of the two fares. */
type Fate = 'open' | 'failed'

const FULL: WriteResult = Object.freeze({ isStored: false, because: 'full' })

/** Makes the writer of one body. */
export function createLayeredBodyWriter(parts: LayeredBodyParts): BodyWriter {
  const { near, far, back, alone, behind, onFarFailure, ready, begin, keepCopy } = parts
  let nearFate: Fate = 'open'
  let farFate: Fate = 'open'
  let isAbandoned = false
  let begun: Promise<unknown> | undefined
  /** How the front stood to the store behind before that one took the body. */
  let before: LinkState | undefined

  function refuseIfAbandoned(): void {
    if (isAbandoned) throw new Error('Nothing more can be done: the body is abandoned.')
  }

  /** Adds to what is still open; rejects with the last failure where nothing is. */
  async function add(bytes: Uint8Array): Promise<void> {
    await (begun ??= begin())
    refuseIfAbandoned()
    let failure: unknown
    if (nearFate === 'open') {
      await near.add(bytes).catch((error: unknown) => {
        nearFate = 'failed'
        failure = error
      })
    }
    if (farFate === 'open') {
      await far?.add(bytes).catch((error: unknown) => {
        farFate = 'failed'
        failure = error
      })
    }
    const isGoingOn = nearFate === 'open' || (farFate === 'open' && far !== undefined)
    if (!isGoingOn) throw failure ?? new Error('the body was given up')
  }

  async function finishBehind(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    before = await ready()
    if (far !== undefined) return far.finish(head, behind(beganSequence))
    const body = new EntryBody({ sizeBytes: head.sizeBytes, chunks: () => near.written() })
    const record: StoreRecord = { ...head, kind: 'entry', body }
    return back.write(record, behind(beganSequence))
  }

  async function finishAlone(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    if (nearFate === 'failed') return FULL
    return alone(head, beganSequence, (sequence) => near.keep({ ...head, sequence }))
  }

  async function keepNear(head: EntryHead, sequence: number): Promise<void> {
    if (nearFate === 'failed') return
    const copy = { ...head, sequence }
    await keepCopy(copy, before, () => near.keep(copy))
  }

  async function finish(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    refuseIfAbandoned()
    if (farFate === 'failed') return finishAlone(head, beganSequence)
    let result: WriteResult
    try {
      result = await finishBehind(head, beganSequence)
    } catch (error) {
      farFate = 'failed'
      onFarFailure()
      if (nearFate === 'failed') throw error
      return finishAlone(head, beganSequence)
    }
    if (result.isStored) await keepNear(head, result.sequence)
    return !result.isStored && result.because === 'full' ? finishAlone(head, beganSequence) : result
  }

  return {
    add,
    written: () => (nearFate === 'open' || far === undefined ? near : far).written(),
    finish,
    async abandon() {
      isAbandoned = true
      await Promise.all([near.abandon(), far?.abandon().catch(() => undefined)])
    },
  }
}
