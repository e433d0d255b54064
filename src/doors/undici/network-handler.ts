// The handler of a call to the network, of both generations at once: which one is spoken to is the dispatcher's choice.
import type { Dispatcher } from 'undici'
import type { HeaderList } from '../../model/header-list.js'
import type { OriginResponse } from '../../model/transport.js'
import { abortedError } from './aborted-error.js'
import { BodyQueue } from '../../shared/body-queue.js'
import { pairsOfBoth, pairsOfParsed, pairsOfRaw } from './wire-fields.js'

/** Who is told what came. */
export interface NetworkListener {
  onInformation(status: number, fields: HeaderList, statusText: string): void
  onResponse(response: OriginResponse): void
  /** Before the body ends. */
  onTrailers(trailers: HeaderList): void
  /** Where there was no response. */
  onFailure(error: unknown): void
}

/** Receives one response. */
export class NetworkHandler implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal
  readonly #listener: NetworkListener
  #abort: ((reason: Error) => void) | undefined
  #resume: () => void = () => undefined
  #body: BodyQueue | undefined
  #isOver = false

  constructor(signal: AbortSignal, listener: NetworkListener) {
    this.#signal = signal
    this.#listener = listener
    if (signal.aborted) this.#onAbort()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#resume = () => controller.resume()
    this.onConnect((reason) => controller.abort(reason))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: object,
    statusText?: string,
  ): void {
    this.#onFields(status, pairsOfBoth(controller.rawHeaders, headers), statusText)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.onData(chunk)) controller.pause()
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: object): void {
    this.#onEnd(pairsOfParsed(trailers))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.onError(error)
  }

  onConnect(abort: (reason: Error) => void): void {
    // A call that waited for a connection may have been left meanwhile.
    if (this.#isOver) abort(reasonOf(this.#signal))
    else this.#abort = abort
  }

  onHeaders(status: number, raw: readonly unknown[], resume: () => void, statusText: string): boolean {
    this.#resume = resume
    this.#onFields(status, pairsOfRaw(raw), statusText)
    return true
  }

  onData(chunk: Buffer): boolean {
    return this.#body?.push(chunk) ?? true
  }

  onComplete(trailers: readonly unknown[] | null): void {
    this.#onEnd(pairsOfRaw(trailers))
  }

  onError(error: Error): void {
    if (!this.#finish()) return
    if (this.#body === undefined) this.#listener.onFailure(error)
    else this.#body.fail(error)
  }

  #onFields(status: number, headers: HeaderList, statusText = ''): void {
    if (this.#isOver || this.#body !== undefined) return
    if (status < 200) return this.#listener.onInformation(status, headers, statusText)
    const body = new BodyQueue({ resume: () => this.#resume(), stop: () => this.#stop() })
    this.#body = body
    this.#listener.onResponse({ status, statusText, headers, body })
  }

  #onEnd(trailers: HeaderList): void {
    if (!this.#finish()) return
    this.#listener.onTrailers(trailers)
    this.#body?.end()
  }

  readonly #onAbort = (): void => {
    const reason = reasonOf(this.#signal)
    this.onError(reason)
    this.#abort?.(reason)
  }

  #stop(): void {
    if (this.#finish()) this.#abort?.(abortedError())
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#signal.removeEventListener('abort', this.#onAbort)
    return true
  }
}

function reasonOf({ aborted, reason }: AbortSignal): Error {
  return aborted && reason instanceof Error ? reason : abortedError()
}
