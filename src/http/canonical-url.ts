// The canonical form of a URL: for keys and purges alone, never sent. Pure.
// https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
import { type QueryPair, joinQuery, pairOf } from './query-string.js'

const UNRESERVED = /[A-Za-z0-9\-._~]/
const LONE_PERCENT = /%(?![0-9a-fA-F]{2})/

/** What goes into a canonical URL. */
export interface CanonicalParts {
  readonly url: URL
  /** The query's pairs that count. */
  readonly pairs: readonly QueryPair[]
  /** Each host maps to the one that stands for it. */
  readonly equivalentHosts: Readonly<Record<string, string>>
  /** True leaves the query as it was written. */
  readonly isQueryKept?: boolean
}

/**
 * Scheme and host in lower case, default port and dot segments gone (as the URL parser leaves them),
 * percent-encoding normalised, equivalent hosts folded, empty pairs gone, parameters sorted by decoded name with the
 * order of repeated names kept.
 */
export function canonicalUrl({ url, pairs, equivalentHosts, isQueryKept }: CanonicalParts): string {
  const host = Object.hasOwn(equivalentHosts, url.host) ? equivalentHosts[url.host] : url.host
  const base = `${url.protocol}//${host ?? url.host}${normalisePercent(url.pathname)}`
  if (isQueryKept === true) return `${base}${joinQuery(pairs)}`
  const normalised = pairs
    .filter(({ text }) => text !== '')
    .map(({ text }) => pairOf(normalisePercent(text).replaceAll("'", '%27')))
  const sorted = normalised.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return `${base}${joinQuery(sorted)}`
}

/**
 * Percent-encoding in one form: unreserved characters bare, others encoded, hexadecimal digits in upper case. Where a
 * `%` stands alone nothing is decoded, since what follows it could become an escape.
 */
export function normalisePercent(text: string): string {
  const encoded = encodeBare(text)
  const isSound = !LONE_PERCENT.test(encoded)
  return encoded.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return isSound && UNRESERVED.test(character) ? character : `%${digits.toUpperCase()}`
  })
}

/** Encodes what may not stand bare in a URL: controls, space, quotes, and everything beyond ASCII. */
function encodeBare(text: string): string {
  return text.replace(/[^\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+/g, (run) =>
    encodeURIComponent(run.toWellFormed()),
  )
}
