// One signal for everything by which a caller can end its call: `signal`, `cancelToken` and `timeout`.
import type { Readable } from 'node:stream'
import type { AxiosStatic, InternalAxiosRequestConfig } from 'axios'

/** How a caller may leave. */
export interface CallerSignal {
  readonly signal: AbortSignal | undefined
  /** Begins to listen, and starts the timer: for a call that has to wait. */
  watch(): void
  /** Stops listening: the call is over. */
  release(): void
  /** Stops the timer, and listens until the stream is closed: leaving destroys it. The stream may be forgotten meanwhile. */
  follow(stream: Readable): void
}

const NOBODY: CallerSignal = Object.freeze({
  signal: undefined,
  watch: () => undefined,
  release: () => undefined,
  follow: () => undefined,
})

/** Makes them. A call answered at once leaves no trace on its signal, so the next call gets the same one. */
export function createCallerSignals(
  axios: AxiosStatic,
): (config: InternalAxiosRequestConfig) => CallerSignal {
  let spare: AbortController | undefined

  return (config) => {
    const { signal, cancelToken } = config
    const timeoutMs = Number.parseInt(String(config.timeout ?? 0), 10)
    if (!signal && !cancelToken && !(timeoutMs > 0)) return NOBODY
    const controller = spare ?? new AbortController()
    spare = undefined
    let timer: NodeJS.Timeout | undefined
    let isTouched = false
    const leave = (reason: unknown): void => {
      isTouched = true
      controller.abort(axios.isCancel(reason) ? reason : new axios.CanceledError(undefined, config))
    }
    const release = (): void => {
      if (!isTouched) spare = controller
      clearTimeout(timer)
      cancelToken?.unsubscribe(leave)
      signal?.removeEventListener?.('abort', leave)
    }
    const watch = (): void => {
      if (isTouched) return
      isTouched = true
      cancelToken?.subscribe(leave)
      signal?.addEventListener?.('abort', leave)
      if (timeoutMs > 0) timer = setTimeout(() => controller.abort(timedOut(axios, config)), timeoutMs)
    }
    if (signal?.aborted === true || cancelToken?.reason !== undefined) leave(cancelToken?.reason)
    return {
      signal: controller.signal,
      watch,
      release,
      follow(stream) {
        watch()
        clearTimeout(timer)
        destroyOnAbort(new WeakRef(stream), controller.signal)
        stream.once('close', release)
      },
    }
  }
}

/** Apart, so that its listener holds nothing but what it is given. */
function destroyOnAbort(stream: WeakRef<Readable>, signal: AbortSignal): void {
  signal.addEventListener('abort', () => stream.deref()?.destroy(signal.reason as Error))
}

/** The error of a call that took longer than its own `timeout`. */
function timedOut({ AxiosError }: AxiosStatic, config: InternalAxiosRequestConfig): Error {
  const { timeout, timeoutErrorMessage, transitional } = config
  return new AxiosError(
    timeoutErrorMessage || `timeout of ${timeout}ms exceeded`,
    transitional?.clarifyTimeoutError === true ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED,
    config,
  )
}
