// Purges are marks: a line drawn in a scope. What was written before the line is gone (hard) or stale (soft).

/** What a mark covers. Several fields given together must all match. */
export interface MarkScope {
  readonly all?: true
  readonly service?: string
  readonly tag?: string
  /** A canonical URL without credentials. */
  readonly url?: string
}

/** A line drawn in a scope. */
export interface Mark {
  readonly scope: MarkScope
  readonly sequence: number
  readonly atMs: number
  /** A soft mark makes entries stale, a hard one removes them. */
  readonly isSoft: boolean
}
