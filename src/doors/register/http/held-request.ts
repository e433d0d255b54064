// Keeps a request of node:http from its agent until its program has said all of it: only then can it be told whether
// an answer out of a cache will do. What has a body, or is sent in parts, goes on its way at once.
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

/** What becomes of a request that was held. */
export interface Ways {
  /** It goes to its agent, as if it had never been held. */
  pass(): void
  /** It is whole, and has no body. */
  decide(): void
}

/** A request on hold. */
export interface HeldRequest {
  /** True until the request has found its way: to its agent, to an answer, or was given up by its program. */
  isWaiting(): boolean
  /** Lets it go: from here on the request is what it would have been. */
  release(): void
}

/** Holds a request; its agent has not heard of it yet. */
export function hold(request: ClientRequest, ways: Ways): HeldRequest {
  let isWaiting = true
  let isWhole = false
  const { end, write, flushHeaders, destroy } = request

  function pass(): void {
    if (!isWaiting || isWhole) return
    isWaiting = false
    ways.pass()
  }

  request.end = function (this: ClientRequest, ...args: unknown[]): ClientRequest {
    const [chunk] = args
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') pass()
    const wasWhole = isWhole
    isWhole = true
    Reflect.apply(end, this, args)
    if (isWaiting && !wasWhole) ways.decide()
    return this
  } as ClientRequest['end']
  request.write = function (this: ClientRequest, ...args: unknown[]): boolean {
    pass()
    return Reflect.apply(write, this, args)
  } as ClientRequest['write']
  request.flushHeaders = function (this: ClientRequest): void {
    pass()
    Reflect.apply(flushHeaders, this, [])
  }
  request.destroy = function (this: ClientRequest, ...args: unknown[]): ClientRequest {
    Reflect.apply(destroy, this, args)
    if (isWaiting) {
      isWaiting = false
      // What an agent does that has no socket: the request then tells its program how it ended.
      request.onSocket(undefined as unknown as Socket)
    }
    return this
  } as ClientRequest['destroy']

  // A program may wait for its socket before it goes on, so the hold never outlasts a turn of the event loop.
  process.nextTick(() => {
    if (isWaiting && !isWhole) setImmediate(pass)
  })
  return {
    isWaiting: () => isWaiting,
    release() {
      isWaiting = false
    },
  }
}
