// Rows on a Keyv: bytes under names of our own, as base64, which every Keyv store takes. Each call is bounded in time, and
// after one that failed the others are refused at once for a while, so that a Keyv that hangs holds up one call, not all.
import type { KeyvLike } from '../../model/keyv-like.js'
import type { Clock } from '../../shared/clock.js'
import { StoreAwayError } from '../store-away-error.js'
import type { TierStateListener } from '../tier-state.js'

/** What rows are made of. */
export interface KeyvRowsOptions {
  readonly keyv: KeyvLike
  readonly clock: Clock
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number
  readonly onState: TierStateListener
}

/** Rows by name. All but `close` reject with a StoreAwayError where the Keyv fails. */
export interface KeyvRows {
  /** The bytes of a row; undefined where there is none, or something else. */
  get(name: string): Promise<Buffer | undefined>
  /** Keeps a row for so long, in milliseconds; `Infinity` as long as the Keyv's own store can, whatever its default. */
  set(name: string, bytes: Uint8Array, forMs: number): Promise<void>
  /** True if there was one, as far as the Keyv tells. */
  remove(name: string): Promise<boolean>
  /** True where rows can be gone through. */
  readonly canScan: boolean
  /** The rows whose names begin so, in no order; nothing where they cannot be gone through. */
  scan(prefix: string): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer }>
  /** Lets go of the Keyv. */
  close(): Promise<void>
}

/** What the names of all rows begin with. */
const PREFIX = 'cachette:'
/** How long a Keyv that failed is left alone, in milliseconds. */
const REST_MS = 1_000

/** What a Keyv with a default time to live takes for no end. */
const FOR_EVER_MS = 10 * 365 * 24 * 3_600_000

/** Makes rows on a Keyv. */
export function createKeyvRows({ keyv, clock, timeoutMs, onState }: KeyvRowsOptions): KeyvRows {
  let awaySinceMs: number | undefined
  let restsUntilMs = 0

  function fail(operation: string, cause: unknown): StoreAwayError {
    const error = new StoreAwayError('keyv', reasonOf(cause), { cause })
    restsUntilMs = clock.monotonicMs() + REST_MS
    if (awaySinceMs === undefined) {
      awaySinceMs = clock.monotonicMs()
      onState({ state: 'away', operation, error })
    }
    return error
  }

  async function call<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
    if (clock.monotonicMs() < restsUntilMs) throw new StoreAwayError('keyv', 'it failed a moment ago')
    let cancel: () => void = () => undefined
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`${operation} took longer than ${timeoutMs} ms`)
      cancel = clock.setTimer(() => reject(error), timeoutMs)
    })
    try {
      const result = await Promise.race([work(), late])
      if (awaySinceMs !== undefined) {
        onState({ state: 'back', awayMs: clock.monotonicMs() - awaySinceMs })
        awaySinceMs = undefined
      }
      return result
    } catch (error) {
      throw fail(operation, error)
    } finally {
      cancel()
    }
  }

  /** Only where the Keyv has a default: some stores, such as Memcached, take a very long time to live for one that is past. */
  function endless(): number | undefined {
    return keyv.ttl === undefined ? undefined : FOR_EVER_MS
  }

  return {
    async get(name) {
      return bytesOf(await call('get', async () => keyv.get(PREFIX + name)))
    },
    set(name, bytes, forMs) {
      const ttlMs = Number.isFinite(forMs) ? Math.max(1, Math.ceil(forMs)) : endless()
      return call('set', async () => {
        const result = await keyv.set(PREFIX + name, Buffer.from(bytes).toString('base64'), ttlMs)
        if (result === false) throw new Error('it did not take a value')
      })
    },
    remove: (name) => call('delete', async () => (await keyv.delete(PREFIX + name)) === true),
    canScan: typeof keyv.iterator === 'function',
    async *scan(prefix) {
      const rows = keyv.iterator?.(undefined)[Symbol.asyncIterator]()
      if (rows === undefined) return
      for (;;) {
        const next = await call('iterate', () => rows.next())
        if (next.done === true) return
        const [name, value] = Array.isArray(next.value) ? (next.value as unknown[]) : []
        const bytes = bytesOf(value)
        if (bytes === undefined || typeof name !== 'string' || !name.startsWith(PREFIX + prefix)) continue
        yield { name: name.slice(PREFIX.length), bytes }
      }
    },
    async close() {
      restsUntilMs = 0
      await call('disconnect', async () => keyv.disconnect?.()).catch(() => undefined)
    },
  }
}

function bytesOf(value: unknown): Buffer | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
