// The header fields of an answer as callers see them: the origin's, its age, and what the cache did. Pure.
import { cacheStatus } from '../../http/cache-status.js'
import { fieldValue, withoutFields } from '../../http/header-fields.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { HeaderList } from '../../model/header-list.js'

const AGE = new Set(['age'])
const LENGTH = new Set(['content-length'])

/**
 * The answer's fields, with the length of the body where that is known, `Age` in whole seconds where it came out of the
 * cache, and a `Cache-Status` behind those of caches nearer to the origin.
 *
 * https://www.rfc-editor.org/rfc/rfc9111#section-5.1, https://www.rfc-editor.org/rfc/rfc9211#section-2
 */
export function answerFields(answer: CacheAnswer, hasBody: boolean): HeaderList {
  const fields = hasBody ? withLength(answer) : answer.headers
  const status = ['cache-status', cacheStatus(answer)] as const
  if (answer.tier === 'origin') return [...fields, status]
  const age = ['age', String(Math.floor(answer.ageMs / 1_000))] as const
  return [...withoutFields(fields, AGE), age, status]
}

/** A length that is there stays where the body is still coded: the size known here is that of the decoded one. */
function withLength({ headers, body: { sizeBytes } }: CacheAnswer): HeaderList {
  if (sizeBytes === undefined || fieldValue(headers, 'content-encoding') !== undefined) return headers
  return [...withoutFields(headers, LENGTH), ['content-length', String(sizeBytes)]]
}
