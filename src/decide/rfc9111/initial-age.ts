// How old a response is when it arrives. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
import { ageFieldMs } from '../../http/age-field.js'
import { firstValue } from '../../http/header-fields.js'
import { httpDateMs } from '../../http/http-date.js'
import type { AssessQuestion } from '../freshness-policy.js'

/** What the age on arrival depends on. */
export type InitialAgeQuestion = Pick<AssessQuestion, 'response' | 'requestedAtMs' | 'receivedAtMs'>

/** The corrected initial age, in milliseconds: by its Age and the time it took, or by its Date where that says older. */
export function initialAgeMs({ response, requestedAtMs, receivedAtMs }: InitialAgeQuestion): number {
  const dateMs = dateFieldMs(response.headers, receivedAtMs)
  // A Date tells whole seconds, so parts of one say nothing.
  const apparentMs = dateMs === undefined ? 0 : Math.floor((receivedAtMs - dateMs) / 1_000) * 1_000
  const delayMs = Math.max(0, receivedAtMs - requestedAtMs)
  return Math.floor(Math.max(0, apparentMs, ageFieldMs(response.headers) + delayMs))
}

/** When the origin made the response, by its own clock; undefined where it does not say so readably. */
export function dateFieldMs(
  headers: AssessQuestion['response']['headers'],
  nowMs: number,
): number | undefined {
  const text = firstValue(headers, 'date')
  return text === undefined ? undefined : httpDateMs(text, nowMs)
}
