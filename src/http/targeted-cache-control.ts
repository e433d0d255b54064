// Cache directives aimed at some caches only, as CDN-Cache-Control. Pure. https://www.rfc-editor.org/rfc/rfc9213
import { type BareItem, isInnerList, parseDictionary } from 'structured-headers'
import type { HeaderList } from '../model/header-list.js'
import type { Directive } from './cache-control.js'
import { fieldValue } from './header-fields.js'
import { type ResponseDirectives, responseDirectives } from './response-directives.js'

const DEFAULT_TARGETS: readonly string[] = ['cdn-cache-control']

/**
 * The directives of the first targeted field that parses and is not empty; undefined where there is none. They stand
 * in the place of Cache-Control and Expires.
 *
 * @param targets names of fields in lower case, the most specific first
 */
export function targetedDirectives(
  headers: HeaderList,
  targets: readonly string[] = DEFAULT_TARGETS,
): ResponseDirectives | undefined {
  for (const target of targets) {
    const value = fieldValue(headers, target)
    const directives = value === undefined ? [] : dictionaryDirectives(value)
    if (directives.length > 0) return responseDirectives(directives)
  }
  return undefined
}

/** None where the field is no Dictionary: then it is as if it were not there. */
function dictionaryDirectives(value: string): readonly Directive[] {
  try {
    return [...parseDictionary(value)].map(([name, member]) => ({
      name,
      argument: isInnerList(member) ? UNREADABLE : argumentOf(name, member[0]),
      isQuoted: typeof member[0] === 'string',
    }))
  } catch {
    return []
  }
}

/** The argument of a directive whose value is of another type than it has: nothing makes sense of it. */
const UNREADABLE = '?'

/** Fields are named by a String, seconds are an Integer. https://www.rfc-editor.org/rfc/rfc9213#section-2.1 */
function argumentOf(name: string, item: BareItem): string {
  if (item === true) return ''
  if (name === 'no-cache' || name === 'private') return typeof item === 'string' ? item : UNREADABLE
  return Number.isInteger(item) ? String(item) : UNREADABLE
}
