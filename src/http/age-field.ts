// How old a response says it is. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-5.1
import type { HeaderList } from '../model/header-list.js'
import { deltaMs } from './delta-seconds.js'
import { firstValue } from './header-fields.js'

/** The age in milliseconds: the first member of the first Age field; 0 where it is absent or malformed. */
export function ageFieldMs(headers: HeaderList): number {
  const [first = ''] = (firstValue(headers, 'age') ?? '').split(',', 1)
  return deltaMs(first.trim()) ?? 0
}
