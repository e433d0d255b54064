// The day that an instant lies in, where days begin at a time of day of some time zone. Pure; daylight saving is minded.

/** From when to when. Wall-clock milliseconds; the end is the beginning of the next day. */
export interface DayWindow {
  readonly beganAtMs: number
  readonly endsAtMs: number
}

/** When days begin. */
export interface DayBeginning {
  /** `HH:MM`. */
  readonly resetsAt: string
  /** An IANA name such as `America/Los_Angeles`. */
  readonly timeZone: string
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The day round an instant: 24 hours, or 23 or 25 where clocks are changed in it. A time of day that clocks skip comes as
 * much later as they skip; one that they show twice counts the first time.
 *
 * @throws RangeError for a time zone that nobody knows
 */
export function dayWindow({ resetsAt, timeZone }: DayBeginning, nowMs: number): DayWindow {
  const [hour = 0, minute = 0] = resetsAt.split(':').map(Number)
  const format = formatOf(timeZone)
  const localDayMs = Math.floor((nowMs + offsetMs(format, nowMs)) / DAY_MS) * DAY_MS
  const beginnings = [-1, 0, 1, 2].map((days) =>
    instantOf(format, localDayMs + days * DAY_MS + (hour * 60 + minute) * MINUTE_MS),
  )
  const next = beginnings.findIndex((atMs) => atMs > nowMs)
  return { beganAtMs: beginnings[next - 1] ?? nowMs, endsAtMs: beginnings[next] ?? nowMs + DAY_MS }
}

/** When clocks there show a time, given as if it were UTC. */
function instantOf(format: Intl.DateTimeFormat, localMs: number): number {
  const before = offsetMs(format, localMs - DAY_MS)
  const after = offsetMs(format, localMs + DAY_MS)
  const candidates = [localMs - before, localMs - after].sort((one, other) => one - other)
  return candidates.find((atMs) => atMs + offsetMs(format, atMs) === localMs) ?? localMs - before
}

/** By how much clocks there are ahead of UTC. */
function offsetMs(format: Intl.DateTimeFormat, atMs: number): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}
