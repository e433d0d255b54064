// Refuses arguments that cannot make a meaningful call, before anything is sent. Pure.

/** The text to search for. @throws TypeError where it is blank or no string */
export function checkQuery(query: string): string {
  if (typeof query !== 'string' || query.trim() === '') {
    throw new TypeError(`expected a text to search for, got ${JSON.stringify(query)}`)
  }
  return query
}

/** A list of ids or names. @throws TypeError where there are none, or one is blank */
export function checkList(items: readonly string[]): readonly string[] {
  if (
    !Array.isArray(items) ||
    items.length === 0 ||
    items.some((item) => typeof item !== 'string' || item.trim() === '')
  ) {
    throw new TypeError(
      `expected a list with at least one element and no blank one, got ${JSON.stringify(items)}`,
    )
  }
  return items
}

/** Ids joined by commas, in the order given. @throws TypeError as {@link checkList} does */
export function joinIds(ids: readonly string[]): string {
  return checkList(ids).join(',')
}

/** Names joined by commas, sorted and without repeats: lists whose order does not matter share an entry. */
export function joinNames(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : [...new Set(names)].sort().join(',')
}
