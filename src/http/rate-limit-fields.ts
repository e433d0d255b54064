// What a response says of the limits that its requests count under. Pure. The current draft and its forerunners:
// https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.html
import { type BareItem, type Item, isInnerList, parseDictionary, parseList } from 'structured-headers'
import type { HeaderList } from '../model/header-list.js'
import { fieldValue } from './header-fields.js'
import { httpDateMs } from './http-date.js'

/** One limit, as the origin told it. */
export interface SaidLimit {
  /** What the origin calls it, or the field that it came in. */
  readonly name: string
  /** Calls in a window, where it was said. */
  readonly limit: number | undefined
  /** Calls that are left. */
  readonly remaining: number
  /** How long until the window ends, in milliseconds. */
  readonly resetInMs: number
  /** How long the window is, in milliseconds, where it was said. */
  readonly windowMs: number | undefined
}

/** More than this is nobody's list of limits. */
const MOST_LIMITS = 4
const LONGEST_FIELD = 2_048
const LONGEST_NAME = 64
/** No API allows more calls. */
const MOST_CALLS = 1e12
/** Ten years: what lies further ahead is a mistake. */
const LONGEST_MS = 10 * 366 * 86_400_000
/** Numbers from here on are instants, not spans: 2001 in seconds. */
const FIRST_EPOCH_SECONDS = 1e9
const FIRST_EPOCH_MS = 1e11

/**
 * The limits that a response tells of, by the first of these that says what is left and until when: `RateLimit` with
 * `RateLimit-Policy`, `RateLimit-Remaining` and its like, `X-RateLimit-Remaining` and its like. Whatever cannot be read is as
 * if it were not there.
 *
 * @param nowMs the present, for resets that are given as instants
 */
export function saidLimits(headers: HeaderList, nowMs: number): readonly SaidLimit[] {
  const value = shortField(headers, 'ratelimit')
  if (value !== undefined) {
    const said = currentForm(value, headers) ?? dictionaryForm(value)
    if (said.length > 0) return said.slice(0, MOST_LIMITS)
  }
  return separateFields(headers, 'ratelimit', nowMs) ?? separateFields(headers, 'x-ratelimit', nowMs) ?? []
}

/** `"default";r=50;t=30`, with `"default";q=100;w=60` in `RateLimit-Policy`; undefined for what is of another form. */
function currentForm(value: string, headers: HeaderList): readonly SaidLimit[] | undefined {
  const items = listOf(value)
  if (items === undefined) return undefined
  const policies = listOf(shortField(headers, 'ratelimit-policy')) ?? []
  return items.flatMap((item) => {
    const name = nameOf(item)
    const remaining = callsOf(item[1].get('r'))
    const resetInMs = msOf(item[1].get('t'))
    const policy = policies.find((candidate) => nameOf(candidate) === name)
    const unit = policy?.[1].get('qu') ?? 'requests'
    if (name === undefined || remaining === undefined || resetInMs === undefined || unit !== 'requests')
      return []
    const limit = callsOf(policy?.[1].get('q'))
    return [{ name, limit, remaining, resetInMs, windowMs: msOf(policy?.[1].get('w')) }]
  })
}

/** `limit=100, remaining=50, reset=30`, as drafts 7 to 9 had it. */
function dictionaryForm(value: string): readonly SaidLimit[] {
  let members: ReturnType<typeof parseDictionary>
  try {
    members = parseDictionary(value)
  } catch {
    return []
  }
  const bare = (name: string): BareItem | undefined => {
    const member = members.get(name)
    return member === undefined || isInnerList(member) ? undefined : member[0]
  }
  const remaining = callsOf(bare('remaining'))
  const resetInMs = msOf(bare('reset'))
  if (remaining === undefined || resetInMs === undefined) return []
  const limit = callsOf(bare('limit'))
  return [{ name: 'RateLimit', limit, remaining, resetInMs, windowMs: undefined }]
}

/** `…-Limit`, `…-Remaining`, `…-Reset`: a number each, or the limit with its policies behind it (`100, 100;w=60`). */
function separateFields(
  headers: HeaderList,
  prefix: string,
  nowMs: number,
): readonly SaidLimit[] | undefined {
  const remaining = callsOf(numberIn(shortField(headers, `${prefix}-remaining`)))
  const resetInMs = resetOf(shortField(headers, `${prefix}-reset`), nowMs)
  if (remaining === undefined || resetInMs === undefined) return undefined
  const value = shortField(headers, `${prefix}-limit`)
  const limit = callsOf(numberIn(value?.split(/[,;]/, 1)[0]))
  const policy = (listOf(value) ?? []).find(([calls, params]) => calls === limit && params.has('w'))
  const name = prefix === 'ratelimit' ? 'RateLimit' : 'X-RateLimit'
  return [{ name, limit, remaining, resetInMs, windowMs: msOf(policy?.[1].get('w')) }]
}

/** Seconds from now, or the instant in seconds or milliseconds, or a date: there is no telling them apart but by size. */
function resetOf(value: string | undefined, nowMs: number): number | undefined {
  const number = numberIn(value)
  if (number === undefined) {
    const atMs = value === undefined ? undefined : httpDateMs(value.trim(), nowMs)
    return atMs === undefined ? undefined : boundedMs(atMs - nowMs)
  }
  if (number >= FIRST_EPOCH_MS) return boundedMs(number - nowMs)
  if (number >= FIRST_EPOCH_SECONDS) return boundedMs(number * 1_000 - nowMs)
  return boundedMs(number * 1_000)
}

/** What is past is over now; what is too far ahead is nothing. */
function boundedMs(ms: number): number | undefined {
  return ms > LONGEST_MS ? undefined : Math.max(0, Math.ceil(ms))
}

function shortField(headers: HeaderList, name: string): string | undefined {
  const value = fieldValue(headers, name)
  return value === undefined || value.length > LONGEST_FIELD ? undefined : value
}

function numberIn(value: string | undefined): number | undefined {
  const text = value?.trim() ?? ''
  return /^\d{1,16}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

function listOf(value: string | undefined): readonly Item[] | undefined {
  if (value === undefined) return undefined
  try {
    const members = parseList(value)
    return members.every((member): member is Item => !isInnerList(member)) ? members : undefined
  } catch {
    return undefined
  }
}

/** Names are Strings; some send Tokens. */
function nameOf([name]: Item): string | undefined {
  const text = typeof name === 'object' && name !== null && 'toString' in name ? String(name) : name
  return typeof text === 'string' && text.length > 0 && text.length <= LONGEST_NAME ? text : undefined
}

function callsOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MOST_CALLS ? Math.floor(value) : undefined
}

function msOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? boundedMs(value * 1_000) : undefined
}
