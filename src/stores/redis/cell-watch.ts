// Watching cells: a channel for each cell that somebody here waits for, so that nobody hears of cells he does not care about.
import { randomBytes } from 'node:crypto'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Session } from './link/session.js'
import type { Lock } from './lock.js'

/** Watches cells. */
export interface CellWatch {
  /** Who changes cells here: what this process changed itself it is not told. */
  readonly self: string
  watch(name: string, listener: () => void): () => void
  /** Hears all that is watched, over a new session too. */
  catchUp(session: Session): Promise<void>
}

/** Makes the watch of a store. */
export function createCellWatch(link: () => Link, names: KeyNames, lock: Lock): CellWatch {
  const self = randomBytes(9).toString('base64url')
  const listeners = new Map<string, Set<() => void>>()

  function tell(name: string): void {
    for (const listener of [...(listeners.get(name) ?? [])]) listener()
  }

  /** Once it is heard it is told of: it may have changed before. */
  async function hear({ talk }: Session, name: string): Promise<void> {
    await talk.subscribe(names.cellChannel(lock.shown(name)), onMessage(name))
    tell(name)
  }

  const handlers = new Map<string, (message: Buffer) => void>()

  function onMessage(name: string): (message: Buffer) => void {
    const known = handlers.get(name)
    if (known !== undefined) return known
    const made = (message: Buffer): void => {
      if (message.toString() !== self) tell(name)
    }
    handlers.set(name, made)
    return made
  }

  function stop(name: string, listener: () => void): void {
    const left = listeners.get(name)
    if (left?.delete(listener) !== true || left.size > 0) return
    listeners.delete(name)
    handlers.delete(name)
    link()
      .session()
      ?.talk.unsubscribe(names.cellChannel(lock.shown(name)))
      .catch(() => undefined)
  }

  return {
    self,
    watch(name, listener) {
      const known = listeners.get(name)
      if (known !== undefined) known.add(listener)
      else {
        listeners.set(name, new Set([listener]))
        const session = link().session()
        // Where it fails the link finds out by itself, and hears the cell when it opens again.
        if (session !== undefined) hear(session, name).catch(() => undefined)
      }
      return () => stop(name, listener)
    },
    async catchUp(session) {
      for (const name of listeners.keys()) await hear(session, name)
    },
  }
}
