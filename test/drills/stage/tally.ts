// What callers saw, as they report it, and how the reports of several processes add up.

/** An answer that should not have been. */
export interface WrongAnswer {
  /** `torn`, `of-another-path`, `not-the-origins`, `purged`, `negative-age`, `no-ttl`, `no-end` or `untyped-error`. */
  readonly fault: string
  readonly path: string
  readonly detail: string
}

/** What callers saw in some stretch of time. */
export interface Tally {
  readonly calls: number
  /** Answers by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Errors by code; `answered 500` where the origin's own status was handed on. */
  readonly errors: Readonly<Record<string, number>>
  /** Answers by the tier that they came from. */
  readonly tiers: Readonly<Record<string, number>>
  readonly slowestMs: number
  /** Which call that was, and how it ended. */
  readonly slowest: string
  readonly slowestHitMs: number
  /** The longest that a program could not get round to anything, because it or the machine was busy. */
  readonly stalledMs: number
  /** Calls by how long they waited, in steps of a tenth each; see `waitWithin`. */
  readonly waits: Readonly<Record<string, number>>
  readonly wrongs: number
  /** The first of them. */
  readonly wrong: readonly WrongAnswer[]
}

/** Nothing seen yet. */
const NOTHING_SEEN: Tally = Object.freeze({
  calls: 0,
  outcomes: {},
  errors: {},
  tiers: {},
  slowestMs: 0,
  slowest: '',
  slowestHitMs: 0,
  stalledMs: 0,
  waits: {},
  wrongs: 0,
  wrong: [],
})

/** Adds up what several processes, or laps, saw. */
export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, each) => ({
      calls: sum.calls + each.calls,
      outcomes: sumCounts(sum.outcomes, each.outcomes),
      errors: sumCounts(sum.errors, each.errors),
      tiers: sumCounts(sum.tiers, each.tiers),
      slowest: each.slowestMs > sum.slowestMs ? each.slowest : sum.slowest,
      slowestMs: Math.max(sum.slowestMs, each.slowestMs),
      slowestHitMs: Math.max(sum.slowestHitMs, each.slowestHitMs),
      stalledMs: Math.max(sum.stalledMs, each.stalledMs),
      waits: sumCounts(sum.waits, each.waits),
      wrongs: sum.wrongs + each.wrongs,
      wrong: [...sum.wrong, ...each.wrong].slice(0, 20),
    }),
    NOTHING_SEEN,
  )
}

/** How many errors there were, of any kind. */
export function errorsIn({ errors }: Tally): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0)
}

/** How long a share of all calls waited at most, in milliseconds, to a tenth; 0 where there were none. */
export function waitWithin({ waits }: Pick<Tally, 'waits'>, share: number): number {
  const steps = Object.entries(waits).sort(([one], [other]) => Number(one) - Number(other))
  const all = steps.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  for (const [step, count] of steps) {
    seen += count
    if (seen >= all * share) return 0.01 * 1.1 ** Number(step)
  }
  return 0
}

function sumCounts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...one }
  for (const [word, count] of Object.entries(other)) sum[word] = (sum[word] ?? 0) + count
  return sum
}
