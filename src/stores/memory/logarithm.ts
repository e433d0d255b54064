// Logarithms as small integers, so that products become sums and no fraction is ever stored. Pure.

/** What a doubling adds. */
export const DOUBLING = 1_024
const FRACTION_BITS = 10
const LARGEST = 2 ** 32 - 1

/**
 * The logarithm of a number: exact at powers of two and straight between them, at most 0.09 doublings too low. Numbers count
 * as whole ones from 1 to 2 ** 32 - 1.
 */
export function logarithm(value: number): number {
  const whole = value < 1 ? 1 : value > LARGEST ? LARGEST : value
  const zeros = Math.clz32(whole)
  // What follows the leading bit, moved to the top: shifting by 32 would shift by 0.
  const fraction = ((whole << zeros) << 1) >>> (32 - FRACTION_BITS)
  return (31 - zeros) * DOUBLING + fraction
}
