// Every code that an error can carry; stable, so that callers may tell errors apart by it.

/** What went wrong. */
export type ErrorCode =
  | 'CACHETTE_CONFIG'
  | 'CACHETTE_CREDENTIALS'
  | 'CACHETTE_ORIGIN_STATUS'
  | 'CACHETTE_ORIGIN_UNREACHABLE'
  | 'CACHETTE_TIMEOUT'
  | 'CACHETTE_QUOTA'
  | 'CACHETTE_COOLDOWN'
  | 'CACHETTE_BREAKER_OPEN'
  | 'CACHETTE_INVALID_RESPONSE'
  | 'CACHETTE_BODY_TOO_LARGE'
  | 'CACHETTE_STORE'
  | 'CACHETTE_HOST_REFUSED'
  | 'CACHETTE_CLOSED'
