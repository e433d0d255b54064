// Query strings as lists of raw pairs, so that what is sent stays as the caller wrote it. Pure.

/** One `name=value` of a query, as written. */
export interface QueryPair {
  /** The pair as written. */
  readonly text: string
  /** The decoded name. */
  readonly name: string
}

/** Splits a query (without `?`), empty pairs included. */
export function splitQuery(query: string): readonly QueryPair[] {
  return query.split('&').map(pairOf)
}

/** A pair from its written form. */
export function pairOf(text: string): QueryPair {
  const end = text.indexOf('=')
  return { text, name: decodeText(end < 0 ? text : text.slice(0, end)) }
}

/** Joins pairs into a query with its `?`, or '' for none. */
export function joinQuery(pairs: readonly QueryPair[]): string {
  return pairs.length === 0 ? '' : `?${pairs.map(({ text }) => text).join('&')}`
}

/** A pair written from a decoded name and value. */
export function queryPair(name: string, value: string): QueryPair {
  return { text: `${encodeText(name)}=${encodeText(value)}`, name }
}

/** The part after `=` as written; '' where there is none. */
export function writtenValue({ text }: QueryPair): string {
  const end = text.indexOf('=')
  return end < 0 ? '' : text.slice(end + 1)
}

/** The part after `=`, decoded; '' where there is none. */
export function pairValue(pair: QueryPair): string {
  return decodeText(writtenValue(pair))
}

/** Half a character becomes U+FFFD, as in every URL. */
function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
