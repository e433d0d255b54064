// Whoever called: one face over the two generations of undici's handlers.
import type { Dispatcher } from 'undici'
import type { HeaderList } from '../../model/header-list.js'
import { CallController } from './call-controller.js'
import type { Flow } from './flow.js'
import { parsedOf, rawOf } from './wire-fields.js'

/** What a caller is told, in this order. Each may throw what the caller's own code throws. */
export interface Caller {
  start(abort: (reason?: unknown) => void): void
  /** Headers: final ones once, informational ones before them. */
  respond(status: number, fields: HeaderList, statusText: string): void
  /** A piece of the body, the caller's to keep. */
  take(chunk: Buffer): void
  end(trailers: HeaderList): void
  fail(error: Error): void
}

/**
 * Finds out which generation a handler is of. One that speaks both is spoken to in the older way: it is undici's
 * wrapper around an old one, and loses repeated headers in the newer way.
 */
export function callerOf(handler: Dispatcher.DispatchHandler, flow: Flow): Caller {
  return typeof handler.onConnect === 'function' ? olderCaller(handler, flow) : newerCaller(handler, flow)
}

/** https://github.com/nodejs/undici/blob/v6.x/docs/docs/api/Dispatcher.md#parameter-dispatchhandler */
function olderCaller(handler: Dispatcher.DispatchHandler, flow: Flow): Caller {
  return {
    start: (abort) => handler.onConnect?.(abort),
    respond(status, fields, statusText) {
      const resume = (): void => flow.resume()
      if (status >= 200) handler.onResponseStarted?.()
      const wantsMore = handler.onHeaders?.(status, rawOf(fields), resume, statusText)
      if (wantsMore === false && status >= 200) flow.pause()
    },
    take(chunk) {
      if (handler.onData?.(chunk) === false) flow.pause()
    },
    // The types say texts; sockets give bytes.
    end: (trailers) => handler.onComplete?.(rawOf(trailers) as unknown as string[]),
    fail: (error) => handler.onError?.(error),
  }
}

/** https://github.com/nodejs/undici/blob/v7.x/docs/docs/api/Dispatcher.md#parameter-dispatchhandler */
function newerCaller(handler: Dispatcher.DispatchHandler, flow: Flow): Caller {
  let controller = new CallController(flow, () => undefined)
  return {
    start(abort) {
      controller = new CallController(flow, abort)
      handler.onRequestStart?.(controller, undefined)
    },
    respond(status, fields, statusText) {
      if (status >= 200) handler.onResponseStarted?.()
      controller.rawHeaders = rawOf(fields)
      handler.onResponseStart?.(controller, status, parsedOf(fields), statusText)
    },
    take: (chunk) => handler.onResponseData?.(controller, chunk),
    end(trailers) {
      controller.rawTrailers = rawOf(trailers)
      handler.onResponseEnd?.(controller, parsedOf(trailers))
    },
    fail: (error) => handler.onResponseError?.(controller, error),
  }
}
