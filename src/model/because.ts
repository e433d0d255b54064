// The closed list of reasons. Every decision, event, answer and explanation names one of these.

/** A reason, as a kebab-case word. */
export type Because =
  // looking up
  | 'fresh'
  | 'not-in-cache'
  | 'expired'
  | 'ttl-lowered'
  | 'call-ttl-shorter'
  | 'always-revalidate'
  | 'from-the-future'
  | 'over-max-ttl'
  | 'purged'
  | 'soft-purged'
  | 'refresh-requested'
  // not cacheable
  | 'method-not-cached'
  | 'body-not-keyed'
  | 'never-cached-by-profile'
  | 'conditional-request'
  // joining
  | 'joined-call'
  // after the response
  | 'stored'
  | 'not-modified'
  | 'negative-answer'
  | 'no-store'
  | 'vary-star'
  | 'status-not-stored'
  | 'partial-content'
  | 'body-too-large'
  | 'credential-in-response'
  | 'purged-meanwhile'
  // the origin failed
  | 'origin-unreachable'
  | 'origin-timeout'
  | 'origin-transient'
  | 'origin-quota'
  | 'origin-auth'
  | 'origin-permanent'
  | 'invalid-response'
