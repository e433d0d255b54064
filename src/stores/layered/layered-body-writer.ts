// A body on its way into both layers. Callers that come later read what was written from the front. Where the store behind fails
// in the middle, or takes nothing in pieces, the front goes on.
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

/** Makes the writer of one body. */
export function createLayeredBodyWriter(parts: LayeredBodyParts, bodyId: string): BodyWriter {
  const { near, back, alone, behind, onFarFailure, ready, begin, guarded, note } = parts
  let far = parts.far
  let hasFailed = false
  let begun: Promise<unknown> | undefined

  async function giveUpFar(): Promise<void> {
    const given = far
    far = undefined
    hasFailed = true
    onFarFailure()
    await given?.abandon().catch(() => undefined)
  }

  async function finishBehind(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    await ready()
    if (far !== undefined) return far.finish(head, behind(beganSequence))
    const body = new EntryBody({ sizeBytes: head.sizeBytes, chunks: () => near.written() })
    const record: StoreRecord = { ...head, kind: 'entry', body }
    return back.write(record, behind(beganSequence))
  }

  async function finishAlone(head: EntryHead, beganSequence: number): Promise<WriteResult> {
    const admitted = await alone(head, beganSequence)
    if (!admitted.isStored) return admitted
    const isKept = await near.keep({ ...head, sequence: admitted.sequence })
    return isKept ? admitted : { isStored: false, because: 'full' }
  }

  return {
    async add(bytes) {
      await (begun ??= begin())
      await near.add(bytes)
      await far?.add(bytes).catch(giveUpFar)
    },
    written: () => near.written(),
    async finish(head, beganSequence) {
      if (head.bodyId !== bodyId) throw new Error(`the head is of body ${head.bodyId}, not ${bodyId}`)
      if (hasFailed) return finishAlone(head, beganSequence)
      let result: WriteResult
      try {
        result = await finishBehind(head, beganSequence)
      } catch {
        await giveUpFar()
        return finishAlone(head, beganSequence)
      }
      if (result.isStored) {
        const { sequence } = result
        await guarded('keep a copy', () => Promise.all([near.keep({ ...head, sequence }), note(sequence)]))
      }
      if (!result.isStored && result.because === 'full') return finishAlone(head, beganSequence)
      return result
    },
    async abandon() {
      await Promise.all([near.abandon(), far?.abandon().catch(() => undefined)])
    },
  }
}
