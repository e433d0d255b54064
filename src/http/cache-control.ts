// The directives of a Cache-Control field. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-5.2
import type { HeaderList } from '../model/header-list.js'
import { fieldValue } from './header-fields.js'

/** One directive as it is written. */
export interface Directive {
  /** In lower case. */
  readonly name: string
  /** Unquoted; '' where there is none. */
  readonly argument: string
  readonly isQuoted: boolean
}

/**
 * A name, and an argument where `=` follows at once. Whatever else stands there only separates, so that `no-store` is
 * seen in ill-formed fields too; a quotation that is never closed is none. No text is read more than twice.
 */
const DIRECTIVE = /([^\s,;="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g

/** The directives of all Cache-Control fields, in order, repeated ones included. */
export function cacheDirectives(headers: HeaderList): readonly Directive[] {
  const value = fieldValue(headers, 'cache-control')
  if (value === undefined) return []
  const found: Directive[] = []
  for (const [, name = '', quoted, token = ''] of value.matchAll(DIRECTIVE)) {
    const argument = quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1')
    found.push({ name: name.toLowerCase(), argument, isQuoted: quoted !== undefined })
  }
  return found
}

/** Directives by lower-case name; the first of several wins; a directive without an argument maps to ''. */
export function cacheControlOf(headers: HeaderList): ReadonlyMap<string, string> {
  const directives = new Map<string, string>()
  for (const { name, argument } of cacheDirectives(headers)) {
    if (!directives.has(name)) directives.set(name, argument)
  }
  return directives
}
