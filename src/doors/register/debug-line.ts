// One call as one line for people. Pure.
import type { RequestEvent } from '../../model/request-event.js'

/** The line, without its end; the URL in an event has no credentials. */
export function debugLine(event: RequestEvent): string {
  const { method, url, status, outcome, because, tier, durationMs } = event
  const shown = status === 0 ? '-' : String(status)
  return `[cachette] ${method} ${url} ${shown} ${outcome} ${because} ${tier} ${durationMs.toFixed(1)}ms`
}
