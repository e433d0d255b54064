// The directives of a Cache-Control field. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-5.2
import type { HeaderList } from '../model/header-list.js'
import { fieldValue } from './header-fields.js'

const DIRECTIVE = /([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/gi

/** Directives by lower-case name; the first of several wins; a directive without an argument maps to ''. */
export function cacheControlOf(headers: HeaderList): ReadonlyMap<string, string> {
  const directives = new Map<string, string>()
  for (const [, name = '', quoted, token] of (fieldValue(headers, 'cache-control') ?? '').matchAll(
    DIRECTIVE,
  )) {
    const key = name.toLowerCase()
    if (!directives.has(key)) directives.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token ?? '')
  }
  return directives
}
