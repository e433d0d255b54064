// Whether the server works and how much the store holds there.
import type { StoreHealth } from '../../model/store.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Lock } from './lock.js'
import { numberOf } from './logged-changes.js'
import { entriesUnderOlderKeys } from './older-entries.js'

/** What health takes. */
export interface RedisHealthContext {
  readonly link: Link
  readonly names: KeyNames
  readonly lock: Lock
  /** The URL without its password. */
  readonly shown: string
}

/** Makes the check. It never rejects: what is wrong is a sentence in its answer. */
export function createRedisHealth({
  link,
  names,
  lock,
  shown,
}: RedisHealthContext): () => Promise<StoreHealth> {
  /** What all servers together may hold; without a bound of theirs it is infinite. */
  async function maxBytes(): Promise<number> {
    const replies = await link.askAll('look after its health', ['INFO', 'memory'])
    const bounds = replies.map((text) => Number(/^maxmemory:(\d+)/m.exec(String(text))?.[1] ?? 0))
    return bounds.some((bound) => bound === 0) ? Infinity : bounds.reduce((sum, bound) => sum + bound, 0)
  }

  return async () => {
    const base = { tier: 'redis', location: shown } as const
    try {
      const [entries, bytes, bound] = await Promise.all([
        link.talk('look after its health', ['HLEN', names.sizes]),
        link.talk('look after its health', ['HGET', names.state, 'bytes']),
        maxBytes(),
      ])
      const problem = link.refusal()
      const older = await entriesUnderOlderKeys({ link, names, lock }, numberOf(entries))
      return {
        ...base,
        isWritable: problem === undefined,
        entries: numberOf(entries),
        sizeBytes: numberOf(bytes),
        maxBytes: bound,
        ...(lock.keys() !== undefined && { encryption: { entriesUnderOlderKeys: older } }),
        ...(problem !== undefined && { problem }),
      }
    } catch (error) {
      const problem = link.problem() ?? `The server cannot be asked: ${String(error)}.`
      return { ...base, isWritable: false, entries: 0, sizeBytes: 0, maxBytes: 0, problem }
    }
  }
}
