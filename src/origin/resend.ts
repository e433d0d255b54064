// Sends a safe request once more where a connection that was kept open had died before any byte of a response came over it:
// nobody's fault, and for hosts that no service claims the one thing that is ever repeated.
import { isDeadConnection } from './dead-connection.js'
import type { OriginCall, OriginStep } from './origin-call.js'

/** Repeats at once, and once; whatever comes then is the answer. */
export function withResend(next: OriginStep): OriginStep {
  return async (call) => {
    try {
      return await next(call)
    } catch (error) {
      if (!mayBeSentAgain(call) || !isDeadConnection(error)) throw error
      return next(call)
    }
  }
}

/** A safe request without a body changes nothing when it comes twice. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
function mayBeSentAgain({ method, body, signal }: OriginCall): boolean {
  return body === undefined && (method === 'GET' || method === 'HEAD') && !signal.aborted
}
