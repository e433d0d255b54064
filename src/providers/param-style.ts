// How options become the parameters of an API. Pure.
import type { ParamValue } from '../model/cache-request.js'
import type { ParamStyle } from './provider-service.js'

/** Names go out as they are, arrays repeat the name. */
export const PLAIN_PARAMS: ParamStyle = { nameOf: (option) => option, valueOf: (value) => value }

/**
 * `includeAdult` becomes `include_adult`, `voteAverageGte` `vote_average.gte`; a name that holds `_` or `.` is the
 * API's own already. Arrays are joined by commas.
 */
export const SNAKE_PARAMS: ParamStyle = { nameOf: toSnakeName, valueOf: joinByComma }

function toSnakeName(option: string): string {
  if (/[_.]/.test(option)) return option
  return option
    .replace(/(?<=.)(Gte|Lte)$/, (bound) => `.${bound.toLowerCase()}`)
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** An empty list is as good as none. */
function joinByComma(value: ParamValue): ParamValue {
  if (!Array.isArray(value)) return value
  return value.length === 0 ? undefined : value.join(',')
}
