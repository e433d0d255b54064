// Whether anybody still waits for a call that is under way.

/** Those who wait for one call. */
export interface Interest {
  isWanted(): boolean
  /** Calls back each time the last one who waited has left; the returned function stops it. */
  onUnwanted(listener: () => void): () => void
  /** Says that the call is given up, so that nobody joins it any more. */
  giveUp(): void
  /** Says that another process is waited for first: the call itself, if there is one, begins late. */
  holdUp(): void
}

/** The interest of one caller, until it has what it came for. */
export function interestOfOne(): Interest & { leave(): void } {
  const listeners = new Set<() => void>()
  let isWanted = true
  return {
    isWanted: () => isWanted,
    onUnwanted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    giveUp: () => undefined,
    holdUp: () => undefined,
    leave() {
      isWanted = false
      for (const listener of [...listeners]) listener()
    },
  }
}
