// A straight line through samples, for telling growth from noise. Pure.

/** By how much a line through evenly spaced values rises from the first to the last, and their mean. */
export function growthOf(values: readonly number[]): { readonly growth: number; readonly mean: number } {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, count)
  if (count < 2) return { growth: 0, mean }
  const middle = (count - 1) / 2
  let covariance = 0
  let variance = 0
  for (const [index, value] of values.entries()) {
    covariance += (index - middle) * (value - mean)
    variance += (index - middle) ** 2
  }
  return { growth: (covariance / variance) * (count - 1), mean }
}
