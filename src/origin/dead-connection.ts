// Tells a connection that was kept open and had died, which nobody at the other end need have seen a request on, from an
// origin in trouble. Pure.

/** How far down a chain of causes to look. */
const DEEPEST_CAUSE = 5

/**
 * True where the other side had hung up on a connection that served a response before. undici says how many bytes came over
 * the socket; doors over node:http mark the error with `isReusedSocket`, as the request there knows it.
 */
export function isDeadConnection(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth += 1) {
    if (isHungUp(current)) return true
    current = current.cause
  }
  return false
}

function isHungUp(error: Error): boolean {
  const { code, socket, isReusedSocket } = error as Error & {
    readonly code?: unknown
    readonly socket?: { readonly bytesRead?: number } | null
    readonly isReusedSocket?: unknown
  }
  if (code === 'UND_ERR_SOCKET') return (socket?.bytesRead ?? 0) > 0
  return isReusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE')
}
