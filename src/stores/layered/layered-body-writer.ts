// A body on its way into both layers. Where one of them fails in the middle, or it is too large for one, the other goes on.
import type { EntryHead, StoreRecord } from '../../model/cache-entry.js'
import { EntryBody } from '../../model/entry-body.js'
import type { BodyWriter, FrontBodyWriter, Store, WriteResult } from '../../model/store.js'
import type { FrontCopies } from './front-copies.js'

/** What it takes. */
export interface LayeredBodyParts {
  readonly near: FrontBodyWriter
  /** Undefined where the store behind takes no bodies in pieces: it is then given the whole at the end. */
  readonly far: BodyWriter | undefined
  readonly back: Store
  /** The number of what is written to the front alone, or why it may not be. */
  readonly alone: (head: EntryHead, beganSequence: number) => Promise<WriteResult>
  /** The number of the store behind that another one stands for. */
  readonly behind: (number: number) => number
  /** Told of a failure of the store behind. */
  readonly onFarFailure: () => void
  /** Resolves when the store behind may be used. */
  readonly ready: () => Promise<void>
  /** Resolves when the front may be used: it may be emptied before. */
  readonly begin: () => Promise<unknown>
  /** Does something with the front; a failure is told, and no more. */
  readonly guarded: FrontCopies['guarded']
  /** Notes the number of something that is kept. */
  readonly note: (kept: number) => Promise<void>
}

/** How one of the two fares. */
type Fate = 'open' | 'failed'

const FULL: WriteResult = Object.freeze({ isStored: false, because: 'full' })

/** Makes the writer of one body. */
export function createLayeredBodyWriter(parts: LayeredBodyParts): BodyWriter {
  const { near, far, back, alone, behind, onFarFailure, ready, begin, guarded, note } = parts
  let nearFate: Fate = 'open'
  let farFate: Fate = 'open'
  let isAbandoned = false
  let begun: Promise<unknown> | undefined

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
    await ready()
    if (far !== undefined) return far.finish(head, behind(beganSequence))
    const body = new EntryBody({ sizeBytes: head.sizeBytes, chunks: () => near.written() })
    const record: StoreRecord = { ...head, kind: 'entry', body }
    return back.write(record, behind(beganSequence))
  }

  async function finishAlone(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    if (nearFate === 'failed') return FULL
    const admitted = await alone(head, beganSequence)
    if (!admitted.isStored) return admitted
    return (await near.keep({ ...head, sequence: admitted.sequence })) ? admitted : FULL
  }

  async function keepNear(head: EntryHead, sequence: number): Promise<void> {
    if (nearFate === 'failed') return
    await guarded('keep a copy', () => Promise.all([near.keep({ ...head, sequence }), note(sequence)]))
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
