// Keeps the process alive while somebody waits for something that no open socket or file stands for: the time until a call
// is tried again, or a turn under a rate limit.

/** Node fires longer intervals at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Holds the process, as often as it is released. */
export interface KeepAlive {
  hold(): void
  release(): void
}

/** Makes one that holds nothing yet. */
export function createKeepAlive(): KeepAlive {
  let holders = 0
  let timer: NodeJS.Timeout | undefined
  return {
    hold() {
      holders += 1
      timer ??= setInterval(() => undefined, LONGEST_MS)
    },
    release() {
      holders -= 1
      if (holders > 0) return
      clearInterval(timer)
      timer = undefined
    },
  }
}
