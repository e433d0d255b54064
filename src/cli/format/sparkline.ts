// A row of numbers as a row of blocks. Pure.

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * One block per value, scaled from 0 to the largest, or to `max`. A value that is undefined (nothing to tell) is
 * a space; a value above 0 is never drawn like 0.
 */
export function sparkline(values: readonly (number | undefined)[], max?: number): string {
  const top = max ?? Math.max(0, ...values.map((value) => value ?? 0))
  return values
    .map((value) => {
      if (value === undefined) return ' '
      if (value <= 0 || top <= 0) return BLOCKS[0]
      const step = Math.ceil((Math.min(value, top) / top) * BLOCKS.length) - 1
      return BLOCKS[Math.max(1, step)] ?? BLOCKS[0]
    })
    .join('')
}
