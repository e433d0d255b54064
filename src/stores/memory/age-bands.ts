// Ages, in uses of the cache, in bands that widen with age: four to each doubling. Pure.

/** Ages from 2 ** 26 on fall into the last band. */
export const BANDS = 104
const BANDS_PER_DOUBLING = 4
const OLDEST = 2 ** (BANDS / BANDS_PER_DOUBLING) - 1

/** Where each band begins, and behind the last one where that ends. Some of those below age 4 hold no whole number. */
export const BAND_STARTS: Readonly<Float64Array> = Float64Array.from({ length: BANDS + 1 }, (_, band) => {
  const doublings = Math.floor(band / BANDS_PER_DOUBLING)
  return 2 ** doublings * (1 + (band % BANDS_PER_DOUBLING) / BANDS_PER_DOUBLING)
})

/** The band of an age; an age is a whole number from 0 on, and 0 counts as 1. */
export function bandOf(age: number): number {
  const counted = age < 1 ? 1 : age > OLDEST ? OLDEST : age
  const doublings = 31 - Math.clz32(counted)
  const quarter = ((counted * BANDS_PER_DOUBLING) >>> doublings) - BANDS_PER_DOUBLING
  return doublings * BANDS_PER_DOUBLING + quarter
}
