// Bodies that callers were given and that are still coming, so that whoever closes can wait for those that are being read.
import type { AnswerBody, Reading } from '../model/answer-body.js'

/** Bodies in the hands of callers. */
export interface OpenBodies {
  /** Remembers one until its caller is done with it. */
  add(body: AnswerBody): void
  /** Resolves when nobody is in the middle of reading one. Those that nobody has begun to read are not waited for. */
  settled(): Promise<void>
}

/** Makes an empty set. */
export function createOpenBodies(): OpenBodies {
  const open = new Set<Reading>()

  return {
    add({ whole, reading }) {
      if (whole !== undefined || reading === undefined) return
      open.add(reading)
      void reading.over.then(() => open.delete(reading))
    },
    async settled() {
      for (;;) {
        const begun = [...open].filter(({ isBegun }) => isBegun)
        if (begun.length === 0) return
        await Promise.all(begun.map(({ over }) => over))
      }
    },
  }
}
