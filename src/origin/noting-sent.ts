// What was reserved for a call is given back where the call fails before it was sent.
import type { OriginCall, OriginReply, OriginStep } from './origin-call.js'

/** Sends a call; where it fails unsent, `giveBack` is awaited before the failure goes on. */
export async function notingSent(
  call: OriginCall,
  next: OriginStep,
  giveBack: () => Promise<void>,
): Promise<OriginReply> {
  let isSent = false
  const onSent = (): void => {
    isSent = true
    call.onSent?.()
  }
  try {
    return await next({ ...call, onSent })
  } catch (error) {
    if (!isSent) await giveBack()
    throw error
  }
}
