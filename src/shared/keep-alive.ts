// Keeps the process alive while somebody waits for something that no open socket or file stands for: the time until a call
// is tried again, or a turn under a rate limit. One timer stands for all of it, since making one at each call would be felt.

/** Node fires longer intervals at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Holds the process, as often as it is released. */
export interface KeepAlive {
  hold(): void
  release(): void
}

let holders = 0
let timer: NodeJS.Timeout | undefined

/** The process' own. */
export const keepAlive: KeepAlive = Object.freeze({
  hold(): void {
    holders += 1
    if (holders > 1) return
    timer ??= setInterval(() => undefined, LONGEST_MS)
    timer.ref()
  },
  release(): void {
    holders -= 1
    if (holders === 0) timer?.unref()
  },
})
