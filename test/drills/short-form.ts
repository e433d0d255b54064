// The short form of a drill as a test: every check of every scene is to be met.
import { expect, it } from 'vitest'
import { type Drill, failuresOf } from './stage/drill.js'
import { playDrill } from './stage/stage.js'

/** Far more than the short form takes; a machine may be busy with other things. */
const LIMIT_MS = 180_000

/** Declares the test of a drill. */
export function itHolds(drill: Drill): void {
  it(
    `${drill.title}: everything holds`,
    async () => {
      const report = await playDrill(drill, { form: 'short' })
      expect(failuresOf(report)).toEqual([])
      expect(report.scenes.length).toBeGreaterThan(0)
    },
    LIMIT_MS,
  )
}
