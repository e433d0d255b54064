// Durations and instants as people read them. Pure; the two largest units, never more.

const UNITS = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const

/** `340 µs`, `12 ms`, `1.2 s`, `3 min 20 s`, `6 d 3 h`. Negative durations count as 0. */
export function formatDuration(durationMs: number): string {
  if (durationMs === Infinity) return 'for ever'
  const ms = Math.max(0, durationMs)
  if (ms === 0) return '0 ms'
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1_000))} µs`
  if (ms < 9.95) return `${trimZero(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${trimZero((ms / 1_000).toFixed(1))} s`
  return twoUnits(ms)
}

function twoUnits(ms: number): string {
  const wholeMs = Math.round(ms / 1_000) * 1_000
  const index = UNITS.findIndex((unit) => wholeMs >= unit.ms)
  const major = UNITS[index]
  if (major === undefined) return '0 s'
  const minor = UNITS[index + 1]
  const majorCount = Math.floor(wholeMs / major.ms)
  const minorCount = minor === undefined ? 0 : Math.floor((wholeMs - majorCount * major.ms) / minor.ms)
  const text = `${majorCount} ${major.name}`
  return minor === undefined || minorCount === 0 ? text : `${text} ${minorCount} ${minor.name}`
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

/** `20 min ago`, `in 3 h`, `now`, as seen from `nowMs`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const distanceMs = atMs - nowMs
  if (Math.abs(distanceMs) < 1_000) return 'now'
  const text = formatDuration(Math.floor(Math.abs(distanceMs) / 1_000) * 1_000)
  return distanceMs > 0 ? `in ${text}` : `${text} ago`
}

/** `2026-01-15 12:00:03`, in the local time zone; `never` for Infinity. */
export function formatInstant(atMs: number): string {
  if (!Number.isFinite(atMs)) return 'never'
  const date = new Date(atMs)
  if (Number.isNaN(date.getTime())) return 'never'
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(pad).join('-')
  return `${day} ${formatTime(atMs)}`
}

/** `12:00:03`, in the local time zone. */
export function formatTime(atMs: number): string {
  const date = new Date(atMs)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}
