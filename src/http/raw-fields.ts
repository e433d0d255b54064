// Header fields as Node gives them: names and values in turns, in one list. Pure.
import type { HeaderList } from '../model/header-list.js'

/** The fields as pairs. */
export function pairsOfFlat(flat: readonly string[]): HeaderList {
  const pairs: (readonly [string, string])[] = []
  for (let index = 0; index + 1 < flat.length; index += 2)
    pairs.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return pairs
}
