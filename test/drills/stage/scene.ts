// Writes down one fault while it is played.
import type { Check, SceneReport } from './drill.js'
import type { Caller } from './start-caller.js'
import { type Tally, errorsIn, sumOf } from './tally.js'

/** Checks that hold for every call anywhere are made of each tally: no wrong body, no purged answer, no untyped error. */
export interface Scene {
  /** Says what is done, for the report. */
  did(sentence: string): void
  /** Adds what callers saw. */
  saw(...tallies: readonly Tally[]): void
  usedProcesses(count: number): void
  /** Origin calls that count for the report. */
  originWasCalled(times: number): void
  /** No call may have taken longer than this, and a little for the event loop; in milliseconds. */
  hardTimeout(limitMs: number): void
  /** Notes whether something holds, and what was found. */
  check(what: string, isMet: boolean, seen: unknown): void
  /** The scene cannot be played on this machine; ends it. */
  cannotPlay(reason: string): never
}

/** How long a scene may take; a soak says how long it takes itself. */
const LIMIT_MINUTES = 15

class CannotPlay extends Error {}

/**
 * Plays a scene and reports it. A scene that breaks off is reported as one that failed. A call may take `graceMs` beyond its
 * hard timeout, and beyond the time for which its program stood still.
 */
export async function playScene(
  fault: string,
  play: (scene: Scene) => Promise<void>,
  graceMs: number,
): Promise<SceneReport> {
  const done: string[] = []
  const tallies: Tally[] = []
  const checks: Check[] = []
  const startedMs = performance.now()
  let processes = 0
  let originCalls: number | undefined
  let hardTimeoutMs: number | undefined
  let notPlayed: string | undefined
  const scene: Scene = {
    did: (sentence) => void done.push(sentence),
    saw: (...seen) => void tallies.push(...seen),
    usedProcesses: (count) => (processes = count),
    originWasCalled: (times) => (originCalls = (originCalls ?? 0) + times),
    hardTimeout: (limitMs) => (hardTimeoutMs = limitMs),
    check(what, isMet, seen) {
      checks.push({ what, isMet, seen: typeof seen === 'string' ? seen : JSON.stringify(seen) })
    },
    cannotPlay(reason) {
      throw new CannotPlay(reason)
    },
  }
  try {
    await withinMinutes(play(scene))
  } catch (error) {
    if (error instanceof CannotPlay) notPlayed = error.message
    else scene.check('was played to its end', false, error instanceof Error ? error.message : String(error))
  }
  const tally = sumOf(tallies)
  if (tally.calls > 0) {
    const firsts = tally.wrong
      .slice(0, 3)
      .map(({ fault: word, path, detail }) => `${word} ${path} (${detail})`)
    scene.check(
      'no wrong answer',
      tally.wrongs === 0,
      tally.wrongs === 0 ? `0 of ${tally.calls}` : firsts.join('; '),
    )
  }
  if (hardTimeoutMs !== undefined) {
    const limitMs = hardTimeoutMs + graceMs + tally.stalledMs
    const isMet = tally.slowestMs <= limitMs
    const stalled = `programs stood still for ${Math.round(tally.stalledMs)} ms at most`
    const seen = `${Math.round(tally.slowestMs)} ms${isMet ? '' : ` (${tally.slowest})`}; ${stalled}`
    scene.check('no call took longer than the hard timeout', isMet, seen)
  }
  const seconds = (performance.now() - startedMs) / 1_000
  return { fault, done, processes, seconds, tally, hardTimeoutMs, originCalls, checks, notPlayed }
}

/** A scene that does not end is a failure too. */
async function withinMinutes(playing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not end within ${LIMIT_MINUTES} minutes`)),
      LIMIT_MINUTES * 60_000,
    )
  })
  await Promise.race([playing, tooLate]).finally(() => clearTimeout(timer))
}

/** Notes whether a store failed while it was well: what is then shared between processes is not, and all else follows. */
export async function checkStoreWasThere(scene: Scene, callers: readonly Caller[]): Promise<void> {
  const events = await Promise.all(callers.map((caller) => caller.events()))
  const failed = events.flatMap(({ 'tier-failed': failure }) => (failure === undefined ? [] : [failure.last]))
  scene.check(
    'no program took the store for failed',
    failed.length === 0,
    failed.length === 0 ? '0' : failed[0],
  )
}

/** Notes that callers met with no error at all. */
export function checkNoErrors(scene: Scene, tally: Tally): void {
  scene.check('no caller got an error', errorsIn(tally) === 0, tally.errors)
}
