// What of an answer a request gets: all of it, a part, or word that it has it already. Pure.
// https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
import { byteRange, contentRangeText } from '../../http/byte-range.js'
import { firstValue, withoutFields } from '../../http/header-fields.js'
import { type Demands, NO_DEMANDS } from '../../model/demands.js'
import type { HeaderList } from '../../model/header-list.js'
import { assertNever } from '../../shared/assert-never.js'
import { allowsRange, judgeConditions } from './preconditions.js'

/** What a selection depends on. */
export interface SelectQuestion {
  readonly method: string
  readonly demands: Demands
  readonly answer: {
    readonly status: number
    readonly headers: HeaderList
    /** Of the body; undefined while it is not known. */
    readonly sizeBytes: number | undefined
  }
  /** When the origin last vouched for the answer. */
  readonly confirmedAtMs: number
  readonly nowMs: number
}

/** What the request gets; headers are those of the new status. */
export type SelectedAnswer =
  | { readonly kind: 'as-is' }
  /** A 304. */
  | { readonly kind: 'not-modified'; readonly headers: HeaderList }
  /** A 206 with the bytes of the body from `start` to `end`, both included. */
  | { readonly kind: 'partial'; readonly start: number; readonly end: number; readonly headers: HeaderList }
  /** A 416. */
  | { readonly kind: 'unsatisfiable'; readonly headers: HeaderList }
  /** A 412. */
  | { readonly kind: 'precondition-failed' }

const AS_IS: SelectedAnswer = Object.freeze({ kind: 'as-is' })

/** Selects from a whole answer. Only a 200 to GET or HEAD is anything but handed on as it is. */
export function selectAnswer(question: SelectQuestion): SelectedAnswer {
  const { method, demands, answer } = question
  if (demands === NO_DEMANDS || answer.status !== 200 || !(method === 'GET' || method === 'HEAD'))
    return AS_IS
  return conditionalAnswer(question) ?? rangeAnswer(question) ?? AS_IS
}

/** A 304 or a 412, or undefined where the conditions stand in nobody's way. */
export function conditionalAnswer({
  demands,
  answer,
  confirmedAtMs,
  nowMs,
}: SelectQuestion): Extract<SelectedAnswer, { kind: 'not-modified' | 'precondition-failed' }> | undefined {
  const { conditions } = demands
  const result = judgeConditions({ conditions, headers: answer.headers, confirmedAtMs, nowMs })
  switch (result) {
    case 'holds':
      return undefined
    case 'not-modified':
      return { kind: 'not-modified', headers: notModifiedFields(answer.headers) }
    case 'failed':
      return { kind: 'precondition-failed' }
    default:
      return assertNever(result)
  }
}

/** Range is defined for GET alone. https://www.rfc-editor.org/rfc/rfc9110#section-14.2 */
function rangeAnswer({ method, demands, answer, nowMs }: SelectQuestion): SelectedAnswer | undefined {
  const { headers, sizeBytes } = answer
  if (method !== 'GET' || demands.range === undefined || sizeBytes === undefined) return undefined
  if (!allowsRange(demands.ifRange, headers, nowMs)) return undefined
  const range = byteRange(demands.range, sizeBytes)
  if (range === 'ignored') return undefined
  if (range === 'unsatisfiable')
    return { kind: 'unsatisfiable', headers: [['Content-Range', `bytes */${sizeBytes}`]] }
  return { kind: 'partial', ...range, headers: partialFields(headers, { ...range, sizeBytes }) }
}

/** Fields that describe the body that a 304 has not. https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5 */
const OF_THE_BODY = new Set([
  'content-digest',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
])

/** A Last-Modified is of use only where there is no better validator. */
function notModifiedFields(headers: HeaderList): HeaderList {
  const hasTag = firstValue(headers, 'etag') !== undefined
  return withoutFields(headers, hasTag ? new Set([...OF_THE_BODY, 'last-modified']) : OF_THE_BODY)
}

const OF_ALL_BYTES = new Set(['content-digest', 'content-length', 'content-md5', 'content-range'])

/** The fields of a 206 that holds these bytes. https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7 */
export function partialFields(
  headers: HeaderList,
  range: { readonly start: number; readonly end: number; readonly sizeBytes: number | undefined },
): HeaderList {
  return [
    ...withoutFields(headers, OF_ALL_BYTES),
    ['Content-Range', contentRangeText(range)],
    ['Content-Length', String(range.end - range.start + 1)],
  ]
}
