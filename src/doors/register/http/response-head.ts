// An answer's status line and fields as HTTP/1.1 text, for a parser that trusts its reader with nothing. Pure.
import { builtIn } from '../../../shared/built-in.js'
import type { HeaderList } from '../../../model/header-list.js'

/** What a head says. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string | undefined
  readonly headers: HeaderList
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What no field value may hold: anything that could end the field, and what one byte cannot carry. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** Serialises a head, each character one byte; a field that could be taken for something else is left out. */
export function responseHead({ status, statusText, headers }: ResponseHead): string {
  const phrase = statusText ?? builtIn('http').STATUS_CODES[status] ?? ''
  let text = `HTTP/1.1 ${status} ${FORBIDDEN.test(phrase) ? '' : phrase}\r\n`
  for (const [name, value] of headers) {
    if (NAME.test(name) && !FORBIDDEN.test(value)) text += `${name}: ${value}\r\n`
  }
  return `${text}\r\n`
}
