// Judges Spotify's responses. Bodies of errors are not always JSON: a 429 may carry plain text or nothing. Pure.
// Source: https://developer.spotify.com/documentation/web-api/concepts/api-calls
import type { Classification, ResponseFacts } from '../../model/policy.js'
import { fieldOf, isSuccess, isWebPage } from '../response-shape.js'

/** The verdict on a response; undefined (a 404 among them) leaves it to its HTTP status. */
export function classifySpotify(response: ResponseFacts): Classification | undefined {
  const status = isSuccess(response.status) ? statusInBody(response.json) : response.status
  if (status === undefined)
    return isSuccess(response.status) && isWebPage(response.headers) ? 'transient' : undefined
  if (status === 429) return 'quota'
  if (status === 401 || status === 403) return 'auth'
  if (status >= 500) return 'transient'
  return status >= 400 && status !== 404 && status !== 410 ? 'permanent' : undefined
}

/** The status that an error body names: `{ error: { status, message } }`. */
function statusInBody(json: unknown): number | undefined {
  const status = fieldOf(fieldOf(json, 'error'), 'status')
  return typeof status === 'number' ? status : undefined
}
