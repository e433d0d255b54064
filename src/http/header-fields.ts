// Reading and reshaping raw header lists. Pure.
import type { HeaderList } from '../model/header-list.js'

/** Fields that belong to one connection and are never stored. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** All values of a field joined with a comma, or undefined where it is absent. */
export function fieldValue(headers: HeaderList, name: string): string | undefined {
  let joined: string | undefined
  for (const [candidate, value] of headers) {
    if (candidate.length === name.length && candidate.toLowerCase() === name) {
      joined = joined === undefined ? value : `${joined}, ${value}`
    }
  }
  return joined
}

/** The first value of a field. */
export function firstValue(headers: HeaderList, name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1]
}

/** The members of a comma-separated field, trimmed, without empty ones. */
export function listMembers(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
}

/** The list without the named fields (lower case). */
export function withoutFields(headers: HeaderList, names: ReadonlySet<string>): HeaderList {
  return headers.filter(([name]) => !names.has(name.toLowerCase()))
}

/** The list without fields of the connection, named by the standard or by `Connection`. */
export function endToEndFields(headers: HeaderList): HeaderList {
  const named = listMembers(fieldValue(headers, 'connection')).map((name) => name.toLowerCase())
  return withoutFields(headers, new Set([...HOP_BY_HOP, ...named]))
}

/**
 * Stored fields after a 304: each field that the 304 carries replaces the stored ones of that name, save those
 * that describe the body. https://www.rfc-editor.org/rfc/rfc9111#section-3.2
 */
export function mergeNotModified(stored: HeaderList, update: HeaderList): HeaderList {
  const kept = new Set(['content-length', 'content-encoding', 'content-type', 'content-range', 'set-cookie'])
  const fresh = endToEndFields(update).filter(([name]) => !kept.has(name.toLowerCase()))
  const replaced = new Set(fresh.map(([name]) => name.toLowerCase()))
  return [...withoutFields(stored, replaced), ...fresh]
}
