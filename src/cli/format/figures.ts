// Counts, sizes, shares and bars as people read them. Pure.

/** `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 entry`, `1,234 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `812 B`, `2.3 KB`, `64 MB`: powers of 1,024, as in settings. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1_024
    unit += 1
  }
  const text =
    unit === 0 || value >= 9.95 ? Math.round(value).toString() : value.toFixed(1).replace(/\.0$/, '')
  return `${text} ${SIZE_UNITS[unit] ?? 'TB'}`
}

/** `83.3 %`, from a percentage. */
export function formatPercent(percent: number): string {
  return `${percent.toFixed(1)} %`
}

/** The share that the original service promised after warming, in percent. */
export const PROMISED_HIT_RATE = 40

/** A bar of a percentage, with a line where {@link PROMISED_HIT_RATE} stands: `██████│██····`. */
export function formatBar(percent: number, width = 25): string {
  const filled = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width)
  const line = Math.round((PROMISED_HIT_RATE / 100) * width)
  return Array.from({ length: width }, (_, index) => {
    if (index === line) return '│'
    return index < filled ? '█' : '·'
  }).join('')
}
