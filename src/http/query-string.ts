// Query strings as lists of raw pairs, so that what is sent stays as the caller wrote it. Pure.

/** One `name=value` of a query, as written. */
export interface QueryPair {
  /** The pair as written. */
  readonly text: string
  /** The decoded name. */
  readonly name: string
}

/** Splits a query (without `?`); empty pairs are dropped. */
export function splitQuery(query: string): readonly QueryPair[] {
  return query
    .split('&')
    .filter((text) => text !== '')
    .map((text) => {
      const end = text.indexOf('=')
      return { text, name: decodeName(end < 0 ? text : text.slice(0, end)) }
    })
}

/** Joins pairs into a query with its `?`, or '' for none. */
export function joinQuery(pairs: readonly QueryPair[]): string {
  return pairs.length === 0 ? '' : `?${pairs.map(({ text }) => text).join('&')}`
}

/** A pair written from a decoded name and value. */
export function queryPair(name: string, value: string): QueryPair {
  return { text: `${encodeURIComponent(name)}=${encodeURIComponent(value)}`, name }
}

/** The part after `=`, decoded; '' where there is none. */
export function pairValue({ text }: QueryPair): string {
  const end = text.indexOf('=')
  return end < 0 ? '' : decodeName(text.slice(end + 1))
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
