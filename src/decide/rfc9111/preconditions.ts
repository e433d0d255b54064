// Whether a request's conditions hold for an answer. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-13
import {
  type EntityTag,
  entityTagOf,
  entityTagsOf,
  matchesStrongly,
  matchesWeakly,
} from '../../http/entity-tag.js'
import { fieldValue, firstValue } from '../../http/header-fields.js'
import { httpDateMs } from '../../http/http-date.js'
import type { HeaderList } from '../../model/header-list.js'

/** What conditions depend on. */
export interface ConditionQuestion {
  /** The conditions, as sent. */
  readonly conditions: HeaderList
  /** Of the answer. */
  readonly headers: HeaderList
  /** When the origin last vouched for the answer: it counts where the answer has no date of its own. */
  readonly confirmedAtMs: number
  readonly nowMs: number
}

/** `not-modified` and `failed` are what becomes of a GET or HEAD. */
export type ConditionResult = 'holds' | 'not-modified' | 'failed'

/**
 * True for conditions meant for the origin alone, which a cache does not judge: such a request is better handed on.
 * https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2
 */
export function isForOrigin(conditions: HeaderList): boolean {
  return conditions.some(([name]) => /^if-(?:match|unmodified-since)$/i.test(name))
}

/** Judges conditions in the order of https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2, for GET and HEAD. */
export function judgeConditions(question: ConditionQuestion): ConditionResult {
  const { conditions, headers, nowMs } = question
  if (conditions.length === 0) return 'holds'
  const tag = entityTagOf(firstValue(headers, 'etag'))
  const ifMatch = fieldValue(conditions, 'if-match')
  if (
    ifMatch === undefined
      ? isModifiedSince(question, 'if-unmodified-since')
      : !hasTag(ifMatch, tag, matchesStrongly)
  )
    return 'failed'
  const ifNoneMatch = fieldValue(conditions, 'if-none-match')
  if (ifNoneMatch !== undefined) return hasTag(ifNoneMatch, tag, matchesWeakly) ? 'not-modified' : 'holds'
  const sinceMs = dateMs(conditions, 'if-modified-since', nowMs)
  return sinceMs !== undefined && lastChangedMs(question) <= sinceMs ? 'not-modified' : 'holds'
}

/** Whether If-Range lets a range be served: only a strong validator does. https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5 */
export function allowsRange(ifRange: string | undefined, headers: HeaderList, nowMs: number): boolean {
  if (ifRange === undefined) return true
  if (ifRange.includes('"')) {
    const [wanted, held] = [entityTagOf(ifRange), entityTagOf(firstValue(headers, 'etag'))]
    return wanted !== undefined && held !== undefined && matchesStrongly(wanted, held)
  }
  const modifiedMs = dateMs(headers, 'last-modified', nowMs)
  const madeMs = dateMs(headers, 'date', nowMs)
  const isStrong = modifiedMs !== undefined && madeMs !== undefined && madeMs - modifiedMs >= 1_000
  return isStrong && ifRange === firstValue(headers, 'last-modified')
}

function hasTag(
  listed: string,
  tag: EntityTag | undefined,
  matches: (one: EntityTag, other: EntityTag) => boolean,
): boolean {
  const tags = entityTagsOf(listed)
  if (tags === '*') return true
  return tag !== undefined && tags.some((one) => matches(one, tag))
}

/** False where either date is missing or no date: then the condition does not count. */
function isModifiedSince({ conditions, headers, nowMs }: ConditionQuestion, name: string): boolean {
  const sinceMs = dateMs(conditions, name, nowMs)
  const modifiedMs = dateMs(headers, 'last-modified', nowMs)
  return sinceMs !== undefined && modifiedMs !== undefined && modifiedMs > sinceMs
}

/** https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2 */
function lastChangedMs({ headers, confirmedAtMs, nowMs }: ConditionQuestion): number {
  return dateMs(headers, 'last-modified', nowMs) ?? dateMs(headers, 'date', nowMs) ?? confirmedAtMs
}

function dateMs(headers: HeaderList, name: string, nowMs: number): number | undefined {
  const text = fieldValue(headers, name)
  return text === undefined ? undefined : httpDateMs(text, nowMs)
}
