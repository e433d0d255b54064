// Judges TMDB's responses by the code in the body, which says more than the HTTP status. Pure.
// Source: https://developer.themoviedb.org/docs/errors
import type { Classification, ResponseFacts } from '../../model/policy.js'
import { fieldOf, isSuccess, isWebPage } from '../response-shape.js'

const CODES: Readonly<Record<Classification, readonly number[]>> = {
  ok: [],
  quota: [25],
  auth: [3, 7, 10, 14, 16, 17, 30, 31, 32, 33, 35, 36, 38, 39, 45],
  transient: [9, 11, 15, 24, 43, 46],
  // 21 says "not found" with status 200, 44 says "invalid id" with status 500.
  permanent: [2, 4, 5, 18, 19, 20, 21, 22, 23, 26, 27, 28, 29, 41, 42, 44, 47],
}

const BY_CODE: ReadonlyMap<number, Classification> = new Map(
  (Object.keys(CODES) as Classification[]).flatMap((verdict) =>
    CODES[verdict].map((code): [number, Classification] => [code, verdict]),
  ),
)

/** The verdict on a response; undefined (a plain 404 among them) leaves it to its HTTP status. */
export function classifyTmdb(response: ResponseFacts): Classification | undefined {
  const code = fieldOf(response.json, 'status_code')
  if (typeof code === 'number') return BY_CODE.get(code)
  return isSuccess(response.status) && isWebPage(response.headers) ? 'transient' : undefined
}
