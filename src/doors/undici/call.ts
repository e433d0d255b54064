// One call from its beginning to its one end: answered, failed, or aborted by the caller.
import type { Dispatcher } from 'undici'
import type { HeaderList } from '../../model/header-list.js'
import { abortedError } from './aborted-error.js'
import { type Caller, callerOf } from './caller.js'
import { callerError } from './caller-error.js'
import { Flow } from './flow.js'

/** A call. Once it is over, whatever else is said to it is dropped. */
export class Call {
  readonly flow = new Flow()
  /** Of the last response that came for this very call. */
  trailers: HeaderList = []
  #isOpen = true
  #hasAnswer = false
  readonly #caller: Caller
  readonly #abort = new AbortController()

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#caller = callerOf(handler, this.flow)
  }

  /** Given when the caller aborts, and by nobody else. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Hands the caller the means to abort; it may do so at once. */
  start(): void {
    this.#tell(() => this.#caller.start((reason) => this.#leave(reason)))
  }

  /** An informational response on the way to the final one. */
  inform(status: number, fields: HeaderList, statusText: string): void {
    if (!this.#hasAnswer) this.#tell(() => this.#caller.respond(status, fields, statusText))
  }

  respond(status: number, fields: HeaderList, statusText: string): void {
    this.#hasAnswer = true
    this.#tell(() => this.#caller.respond(status, fields, statusText))
  }

  /** A piece of the body, which is the caller's from now on. */
  take(chunk: Buffer): void {
    this.#tell(() => this.#caller.take(chunk))
  }

  end(trailers: HeaderList): void {
    if (!this.#isOpen) return
    try {
      this.#isOpen = false
      this.#caller.end(trailers)
    } catch (error) {
      this.#caller.fail(error as Error)
    }
  }

  fail(error: unknown): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#caller.fail(callerError(error))
  }

  #leave(reason: unknown): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const error = (reason ?? abortedError()) as Error
    this.#abort.abort(error)
    this.flow.resume()
    this.#caller.fail(error)
  }

  /** What a caller's own code throws ends its call, as it does without a cache. */
  #tell(what: () => void): void {
    if (!this.#isOpen) return
    try {
      what()
    } catch (error) {
      this.#leave(error)
    }
  }
}
