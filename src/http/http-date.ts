// The three forms of an HTTP date, read strictly. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const SHORT_DAY = '(?:mon|tue|wed|thu|fri|sat|sun)'
const LONG_DAY = '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)'
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** Names of days and months are read in any case, which is common; all else as the grammar has it. */
const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} gmt$`, 'i')
const RFC850 = new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} gmt$`, 'i')
const ASCTIME = new RegExp(`^${SHORT_DAY} ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`, 'i')

/** No form is longer than `Wednesday, 31-Dec-99 23:59:59 GMT`. */
const MAX_LENGTH = 33

/** Four centuries repeat to the day, and `Date.UTC` takes years below 100 for others. */
const FOUR_CENTURIES_MS = 146_097 * 86_400_000
const FIFTY_YEARS = 50

/**
 * The instant in wall-clock milliseconds, or undefined where the text is no HTTP date. The name of the day is not held
 * against the date.
 *
 * @param nowMs the present, by which a year of two digits gets its century
 */
export function httpDateMs(text: string, nowMs: number): number | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const full = IMF_FIXDATE.exec(text) ?? ASCTIME.exec(text)
  if (full?.groups !== undefined) return instantMs(full.groups, Number(full.groups['year']))
  const short = RFC850.exec(text)
  return short?.groups === undefined ? undefined : rfc850Ms(short.groups, nowMs)
}

/** A year that seems more than 50 years ahead is the latest past one with these digits. */
function rfc850Ms(parts: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const now = new Date(nowMs)
  const latestYear = now.getUTCFullYear() + FIFTY_YEARS
  const year = Math.floor(latestYear / 100) * 100 + Number(parts['year'])
  if (year > latestYear) return instantMs(parts, year - 100)
  const limitMs = new Date(nowMs).setUTCFullYear(latestYear)
  const ms = instantMs(parts, year)
  return ms !== undefined && ms > limitMs ? instantMs(parts, year - 100) : ms
}

function instantMs(parts: Readonly<Record<string, string>>, year: number): number | undefined {
  const month = MONTHS.indexOf((parts['month'] ?? '').toLowerCase())
  const [day, hour, minute, second] = [parts['day'], parts['hour'], parts['minute'], parts['second']].map(
    Number,
  )
  if (day === undefined || hour === undefined || minute === undefined || second === undefined)
    return undefined
  // A leap second is second 60.
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const midnightMs = Date.UTC(year + 400, month, day) - FOUR_CENTURIES_MS
  if (new Date(midnightMs).getUTCDate() !== day) return undefined
  return midnightMs + ((hour * 60 + minute) * 60 + second) * 1_000
}
