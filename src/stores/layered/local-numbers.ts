// Numbers that were given out while the store behind was away. That one goes on from where it was heard last, so they say
// nothing of what it did meanwhile: asked about later, they stand for the last number that was its own.

/** How many times away are remembered; a call does not span more. */
const RANGES_KEPT = 8

/** The numbers that this process gave out on its own. */
export interface LocalNumbers {
  /** Notes that a number was given out which is higher than the last one of the store behind. */
  note(number: number, last: number): void
  /** The number of the store behind that another one stands for. */
  behind(number: number): number
}

/** Remembers none yet. */
export function createLocalNumbers(): LocalNumbers {
  const ranges: { readonly last: number; upTo: number }[] = []
  return {
    note(number, last) {
      const range = ranges.find((one) => one.last === last)
      if (range !== undefined) range.upTo = Math.max(range.upTo, number)
      else ranges.push({ last, upTo: number })
      if (ranges.length > RANGES_KEPT) ranges.shift()
    },
    behind(number) {
      return ranges.reduce(
        (lowest, { last, upTo }) => (number > last && number <= upTo ? Math.min(lowest, last) : lowest),
        number,
      )
    },
  }
}
