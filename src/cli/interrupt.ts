// Ctrl-C as an AbortSignal: the first one asks the work to end cleanly, the second ends the process at once.
import { EXIT } from './exit-codes.js'

/** Takes over SIGINT and SIGTERM from the first reading of `signal` until `release`. */
export function createInterrupt(): {
  readonly signal: () => AbortSignal
  readonly isInterrupted: () => boolean
  readonly release: () => void
} {
  const controller = new AbortController()
  let isListening = false
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    controller.abort()
  }
  return {
    signal() {
      if (!isListening) process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
      isListening = true
      return controller.signal
    },
    isInterrupted: () => controller.signal.aborted,
    release() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    },
  }
}
