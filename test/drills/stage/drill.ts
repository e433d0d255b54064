// What a drill is, and what it reports: scenes, each with a fault, what callers saw of it, and what was checked afterwards.
import type { Tally } from './tally.js'
import type { Stage } from './stage.js'

/** `short` runs with the tests, in seconds; `long` by hand. */
export type Form = 'short' | 'long'

/** A row of faults that are survived. */
export interface Drill {
  /** What it is asked for by. */
  readonly name: string
  readonly title: string
  /** What callers are to see, and what is to hold afterwards. */
  readonly promise: string
  play(stage: Stage): Promise<void>
}

/** Something that was to hold. */
export interface Check {
  readonly what: string
  readonly isMet: boolean
  /** What was found. */
  readonly seen: string
}

/** One fault, played. */
export interface SceneReport {
  readonly fault: string
  /** What was done, as sentences. */
  readonly done: readonly string[]
  /** Programs that called. */
  readonly processes: number
  readonly seconds: number
  readonly tally: Tally
  readonly hardTimeoutMs: number | undefined
  readonly originCalls: number | undefined
  readonly checks: readonly Check[]
  /** Why it could not be played here. */
  readonly notPlayed: string | undefined
}

/** A drill, played. */
export interface DrillReport {
  readonly name: string
  readonly title: string
  readonly promise: string
  readonly form: Form
  readonly scenes: readonly SceneReport[]
}

/** The checks that were not met, as sentences. */
export function failuresOf({ name, scenes }: DrillReport): readonly string[] {
  return scenes.flatMap(({ fault, checks }) =>
    checks.filter(({ isMet }) => !isMet).map(({ what, seen }) => `${name}, ${fault}: ${what}: ${seen}`),
  )
}
