// Bodies that callers are in the middle of reading, so that whoever closes can wait for them. Of each no more is held than
// the promise of its end: neither what nobody reads nor what a reader forgot is kept in memory from here.
import type { AnswerBody } from '../model/answer-body.js'

/** Bodies in the hands of callers. */
export interface OpenBodies {
  /** Remembers one from when its caller begins to read until it is done. */
  add(body: AnswerBody): void
  /**
   * Resolves when nobody is in the middle of reading one, or, whatever readers do, with the cut-off. Those that nobody has
   * begun to read are not waited for.
   */
  settled(cutOff: AbortSignal): Promise<void>
}

/** Makes an empty set. */
export function createOpenBodies(): OpenBodies {
  const ends = new Set<Promise<void>>()

  return {
    add({ whole, reading }) {
      if (whole !== undefined) return
      reading?.onBegun((over) => {
        ends.add(over)
        void over.then(() => ends.delete(over))
      })
    },
    async settled(cutOff) {
      const isCutOff = new Promise<void>((resolve) =>
        cutOff.addEventListener('abort', () => resolve(), { once: true }),
      )
      while (ends.size > 0 && !cutOff.aborted) await Promise.race([isCutOff, Promise.all(ends)])
    },
  }
}
