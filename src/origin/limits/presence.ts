// Which processes share a budget: each leaves its name in the budget's record, so that each knows its share where the store
// is away. Pure.

/** When each process was last seen, by its name; by the store's clock. */
export type Presence = Readonly<Record<string, number>>

/** Who was not seen for so long has gone. */
export const PRESENT_FOR_MS = 600_000
/** More names are not kept; whoever was seen last stays. */
const MOST_NAMES = 100

/** The same with one process seen now, and without those that have gone. */
export function seenNow(before: Presence, process: string, nowMs: number): Presence {
  const others = Object.entries(before)
    .filter(
      ([name, atMs]) => name !== process && atMs > nowMs - PRESENT_FOR_MS && atMs <= nowMs + PRESENT_FOR_MS,
    )
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST_NAMES - 1)
  return Object.fromEntries([[process, nowMs], ...others])
}

/** How many there are; at least the one that asks. */
export function processesIn(presence: Presence): number {
  return Math.max(1, Object.keys(presence).length)
}

/** The part of something countable that falls to each; what does not divide falls to nobody. */
export function shareOf(count: number, processes: number): number {
  return Math.floor(count / Math.max(1, processes))
}
