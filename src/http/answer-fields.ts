// The header fields of an answer as its caller gets them. Pure.
import { cacheStatus } from './cache-status.js'
import { fieldValue, withoutFields } from './header-fields.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import type { HeaderList } from '../model/header-list.js'

const AGE = new Set(['age'])
const LENGTH = new Set(['content-length'])

/**
 * The answer's own fields, with `Age` where it came out of the cache, the length of the body where that is known, and
 * a `Cache-Status` behind those of caches nearer to the origin.
 *
 * https://www.rfc-editor.org/rfc/rfc9111#section-5.1, https://www.rfc-editor.org/rfc/rfc9211#section-2
 */
export function answerFields(answer: CacheAnswer, hasBody: boolean): HeaderList {
  const fields = hasBody ? withLength(answer) : answer.headers
  const status = ['cache-status', cacheStatus(answer)] as const
  if (answer.tier === 'origin' && !isAged(answer)) return [...fields, status]
  return [...withoutFields(fields, AGE), ['age', String(Math.floor(answer.ageMs / 1_000))], status]
}

/** After a validation, and for one who came late, the age that the origin gave is not the answer's any more. */
function isAged({ outcome, isStored }: CacheAnswer): boolean {
  return outcome === 'revalidated' || (outcome === 'coalesced' && isStored)
}

/** A length that is there counts where the body is still coded: the size is that of the decoded one. */
function withLength({ headers, body }: CacheAnswer): HeaderList {
  const { sizeBytes } = body
  if (sizeBytes === undefined || fieldValue(headers, 'content-encoding') !== undefined) return headers
  const length = String(sizeBytes)
  if (fieldValue(headers, 'content-length') === length) return headers
  return [...withoutFields(headers, LENGTH), ['content-length', length]]
}
