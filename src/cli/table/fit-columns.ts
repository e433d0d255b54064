// Decides how wide each column may be, so that a table fits its terminal. Pure.

/** One column's demand, in terminal cells. */
export interface ColumnDemand {
  readonly width: number
  /** How far it may shrink; its width where it may not. */
  readonly minWidth: number
}

/**
 * The widths that fit into `available` cells, shrinking the widest shrinkable column first and as evenly as
 * possible. Undefined where even the smallest widths do not fit.
 */
export function fitColumns(
  columns: readonly ColumnDemand[],
  available: number,
): readonly number[] | undefined {
  const widths = columns.map((column) => column.width)
  let excess = widths.reduce((sum, width) => sum + width, 0) - available
  while (excess > 0) {
    const shrinkable = columns
      .map((column, index) => ({ index, width: widths[index] ?? 0, minWidth: column.minWidth }))
      .filter((column) => column.width > column.minWidth)
    if (shrinkable.length === 0) return undefined
    const widest = shrinkable.reduce((most, column) => (column.width > most.width ? column : most))
    const runnerUp = Math.max(0, ...shrinkable.filter((c) => c.index !== widest.index).map((c) => c.width))
    // Down to the next widest in one step, then cell by cell, so that equals shrink together.
    const floor = Math.max(widest.minWidth, Math.min(runnerUp, widest.width - 1))
    const step = Math.min(excess, widest.width - floor)
    widths[widest.index] = widest.width - step
    excess -= step
  }
  return widths
}
