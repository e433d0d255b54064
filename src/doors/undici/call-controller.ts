// What a handler of the newer generation holds a call by.
import type { Dispatcher } from 'undici'
import type { Flow } from './flow.js'

/** Pauses, resumes and aborts one call. */
export class CallController implements Dispatcher.DispatchController {
  rawHeaders: Buffer[] | null = null
  rawTrailers: Buffer[] | null = null
  #aborted = false
  #reason: Error | null = null
  readonly #flow: Flow
  readonly #abort: (reason?: unknown) => void

  constructor(flow: Flow, abort: (reason?: unknown) => void) {
    this.#flow = flow
    this.#abort = abort
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#flow.isPaused
  }

  pause(): void {
    this.#flow.pause()
  }

  resume(): void {
    this.#flow.resume()
  }

  abort(reason: Error): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    this.#abort(reason)
  }
}
