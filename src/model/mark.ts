// Purges are marks: a line drawn in a scope. What was written before the line is gone (hard) or stale (soft).
import type { EntryHead } from './cache-entry.js'

/** What a mark covers. Several fields given together must all match. */
export interface MarkScope {
  readonly all?: true
  readonly service?: string
  readonly tag?: string
  /** A canonical URL without credentials. */
  readonly url?: string
  /** What a canonical URL without credentials begins with, up to and including a slash of its path. */
  readonly urlPrefix?: string
}

/** A line drawn in a scope. */
export interface Mark {
  readonly scope: MarkScope
  readonly sequence: number
  readonly atMs: number
  /** A soft mark makes entries stale, a hard one removes them. */
  readonly isSoft: boolean
}

/** Whether newer marks cover an entry: `soft` makes it stale, `hard` takes it out of use. */
export type MarkState = 'none' | 'soft' | 'hard'

/** What of an entry decides whether a scope covers it. */
export type Coverable = Pick<EntryHead, 'service' | 'tags' | 'purgeUrl'>

const PARTS = ['service', 'tag', 'url', 'urlPrefix'] as const

/** Whether a scope covers an entry: all its fields match. A scope without fields covers nothing. */
export function covers(scope: MarkScope, entry: Coverable): boolean {
  if (scope.service !== undefined && scope.service !== entry.service) return false
  if (scope.tag !== undefined && !entry.tags.includes(scope.tag)) return false
  if (scope.url !== undefined && scope.url !== entry.purgeUrl) return false
  if (scope.urlPrefix !== undefined && !entry.purgeUrl.startsWith(scope.urlPrefix)) return false
  return scope.all === true || PARTS.some((part) => scope[part] !== undefined)
}
