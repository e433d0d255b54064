// What a request for a range gets out of a stored part. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-3.3
import { type ByteRange, type ContentRange, contentRangeOf, rangeSpecOf } from '../../http/byte-range.js'
import { firstValue } from '../../http/header-fields.js'
import { allowsRange } from './preconditions.js'
import {
  type SelectQuestion,
  type SelectedAnswer,
  conditionalAnswer,
  partialFields,
} from './select-answer.js'

/** `outside`: what is asked for is not, or not all, in the part. */
export type SelectedPart = SelectedAnswer | { readonly kind: 'outside' }

const OUTSIDE: SelectedPart = Object.freeze({ kind: 'outside' })

/**
 * Selects from a stored 206. The `start` and `end` of what is selected are places in the stored body, not in the
 * whole that it is a part of.
 */
export function selectFromPartial(question: SelectQuestion): SelectedPart {
  const { method, demands, answer, nowMs } = question
  const { headers, sizeBytes } = answer
  const held = contentRangeOf(firstValue(headers, 'content-range'))
  if (method !== 'GET' || answer.status !== 206 || held === undefined || sizeBytes === undefined)
    return OUTSIDE
  if (demands.range === undefined || !allowsRange(demands.ifRange, headers, nowMs)) return OUTSIDE
  const places = placesIn(demands.range, held, sizeBytes)
  if (places === undefined) return OUTSIDE
  const conditional = conditionalAnswer(question)
  if (conditional !== undefined) return conditional
  if (places.start === 0 && places.end === sizeBytes - 1) return { kind: 'as-is' }
  const range = { start: held.start + places.start, end: held.start + places.end, sizeBytes: held.sizeBytes }
  return { kind: 'partial', ...places, headers: partialFields(headers, range) }
}

/**
 * Places in the stored body. Bytes that are counted from the end are taken from the end of a part that reaches it, and
 * others from its beginning: so an origin that counts its own bytes wrongly is at least repeated faithfully.
 */
function placesIn(wanted: string, held: ContentRange, sizeBytes: number): ByteRange | undefined {
  const spec = rangeSpecOf(wanted)
  const reachesEnd = held.sizeBytes !== undefined && held.end === held.sizeBytes - 1
  if (spec === undefined || sizeBytes === 0) return undefined
  if (spec.kind === 'last') {
    const isHeld = reachesEnd && spec.lengthBytes > 0 && spec.lengthBytes <= sizeBytes
    return isHeld ? { start: sizeBytes - spec.lengthBytes, end: sizeBytes - 1 } : undefined
  }
  const isOpen = spec.end === undefined || (held.sizeBytes !== undefined && spec.end >= held.sizeBytes)
  const isHeld = spec.start >= held.start && (isOpen ? reachesEnd : (spec.end ?? 0) <= held.end)
  const start = spec.start - held.start
  const end = Math.min(isOpen ? sizeBytes - 1 : (spec.end ?? 0) - held.start, sizeBytes - 1)
  return isHeld && start <= end ? { start, end } : undefined
}
