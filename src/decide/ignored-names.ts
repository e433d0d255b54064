// Headers and parameters that never take part in a key. Pure.

/** Tracking parameters: neither keyed nor sent. */
const TRACKING =
  /^(utm_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|twclid|ttclid|yclid|igshid|mc_cid|mc_eid|_ga|_gl)$/i

/**
 * Headers that are sent and cannot change a stored response: the client's name, tracing, the connection's own, and
 * conditions and ranges, which the cache answers out of one entry.
 */
export const UNKEYED_HEADERS: ReadonlySet<string> = new Set([
  'user-agent',
  'accept-encoding',
  'cache-control',
  'pragma',
  'connection',
  'keep-alive',
  'content-length',
  'date',
  'dnt',
  'priority',
  'te',
  'traceparent',
  'tracestate',
  'baggage',
  'b3',
  'uber-trace-id',
  'sentry-trace',
  'newrelic',
  'x-request-id',
  'x-correlation-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'x-goog-api-client',
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
])

/** True for a tracking parameter. */
export function isTrackingParam(name: string): boolean {
  return TRACKING.test(name)
}

/** True for a header that cannot change a response. */
export function isUnkeyedHeader(lowerName: string): boolean {
  return (
    UNKEYED_HEADERS.has(lowerName) ||
    lowerName.startsWith('x-b3-') ||
    lowerName.startsWith('x-datadog-') ||
    lowerName.startsWith('sec-fetch-')
  )
}
