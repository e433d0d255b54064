// The request headers that a response was selected by. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
import type { HeaderList } from '../model/header-list.js'
import { fieldValue, listMembers } from './header-fields.js'

/** Names in lower case, sorted, each once; `*` where anything may have played a part. */
export function varyNames(headers: HeaderList): '*' | readonly string[] {
  const value = fieldValue(headers, 'vary')
  if (value === undefined) return []
  const names = listMembers(value).map((name) => name.toLowerCase())
  return names.includes('*') ? '*' : [...new Set(names)].sort()
}
