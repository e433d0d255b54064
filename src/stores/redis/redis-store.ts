// The Redis and Valkey tier: one store for many machines. Entries stand under keys of their own and expire by themselves;
// numbers, marks, changes and the rest that all processes share stand together in one slot and are changed by scripts.
import type { Store } from '../../model/store.js'
import type { BodyWriter } from '../../model/store.js'
import { type Clock, systemClock } from '../../shared/clock.js'
import type { GivenKeys } from '../codec/key-ring.js'
import { loadLz4 } from '../codec/lz4.js'
import type { StoreOpenError, StoreOpenReason } from '../store-open-error.js'
import { type CleaningAsked, cleanWithMarksDue } from '../marks-due.js'
import type { TierStateListener } from '../tier-state.js'
import { createBodyWriter } from './body-writer.js'
import { createCellWatch } from './cell-watch.js'
import { createChunkStore } from './chunk-store.js'
import { createEntryIndex } from './entry-index.js'
import { createKeyNames } from './key-names.js'
import { readEndpoint } from './link/endpoint.js'
import { createLink, type Link } from './link/link.js'
import { neededRightsSentence } from './link/needed-rights.js'
import type { Topology } from './link/session.js'
import { createLedgerServices } from './ledger-services.js'
import { createLock } from './lock.js'
import { createRecordReader } from './record-reader.js'
import { createRecordWriter } from './record-writer.js'
import { createRedisCells } from './redis-cells.js'
import { createRedisHealth } from './redis-health.js'
import { createRedisLedger } from './redis-ledger.js'
import { createSecretRow } from './secret-row.js'
import { createSharedState } from './shared-state.js'

/** Options of the Redis tier. */
export interface RedisStoreOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` for TLS. */
  readonly url: string
  /** Default: one server, the one of the URL. */
  readonly topology?: Topology
  /** What the names of all keys and channels begin with. Default `cachette`. */
  readonly prefix?: string
  /** How long a read may take, in milliseconds. Default 40. */
  readonly timeoutMs?: number
  /** The largest body that is taken, in bytes. Default 16 MiB. */
  readonly maxEntryBytes?: number
  /** Bodies above this size are compressed, in bytes. Default 32 KiB. */
  readonly compressAboveBytes?: number
  /** What is stored is encrypted under the first of these; the others open what is there. Default none: nothing is encrypted. */
  readonly keys?: GivenKeys | undefined
  /** Default the system's. */
  readonly clock?: Clock
  /** Told, in a sentence, of what an operator should see once. */
  readonly onWarning?: (message: string) => void
  /** Told when the server goes away, and when it is back. */
  readonly onState?: TierStateListener
}

const DEFAULTS = {
  topology: { kind: 'single' },
  prefix: 'cachette',
  timeoutMs: 40,
  maxEntryBytes: 16 * 1024 ** 2,
  compressAboveBytes: 32 * 1024,
  clock: systemClock,
  onWarning: () => undefined,
  onState: () => undefined,
} as const satisfies Partial<RedisStoreOptions>

/** Keys that do not fit are a wrong setting: with them the store does not open. */
const KEY_REASONS: readonly StoreOpenReason[] = ['key-missing', 'wrong-key']

/** How long opening waits for a server that does not answer, in milliseconds; it is looked for all the same. */
const OPEN_WITHIN_MS = 1_000

/**
 * Opens the store on a server. One that is away, or refuses this user, costs a warning: the store then rejects whatever it is
 * asked with a StoreAwayError, and opens once the server can be had. One that comes later and is under another key stays away,
 * with a warning.
 *
 * @throws StoreOpenError with the reason `key-missing` or `wrong-key` where the keys do not fit; the store is as it was then
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, topology, prefix, timeoutMs, maxEntryBytes, compressAboveBytes, keys, clock, onState } = {
    ...DEFAULTS,
    ...options,
  }
  const warn = once(options.onWarning ?? DEFAULTS.onWarning)
  const endpoint = readEndpoint(url)
  const where = `the store ${endpoint.shown}`
  const names = createKeyNames(prefix, topology.kind === 'cluster' ? 0 : endpoint.database)
  let isOpening = true
  let refused: StoreOpenError | undefined
  let isToSweep = false
  const lock = createLock({
    names,
    given: keys,
    where,
    secret: () => secret,
    problem: () => link.problem(),
    onTurnedOn() {
      isToSweep = true
      warn(`${where} was not encrypted. It was emptied, and a new one begun under CACHETTE_ENCRYPTION_KEY.`)
    },
  })
  const { envelope } = lock
  const packing = { envelope, lz4: await loadLz4(), aboveBytes: compressAboveBytes }
  const watch = createCellWatch(() => link, names, lock)
  const state = createSharedState({
    names,
    clock,
    lock,
    link: () => link,
    onLoss: (session) => secret.restore(session),
  })
  const link: Link = createLink({
    endpoint,
    topology,
    stateKey: names.state,
    timeoutMs,
    clock,
    onState,
    onWarning: warn,
    neededRights: neededRightsSentence({
      prefix,
      database: endpoint.database,
      isCluster: topology.kind === 'cluster',
    }),
    async catchUp(session) {
      await state.catchUp(session)
      await watch.catchUp(session)
      if (isToSweep) sweepSoon()
    },
    onRefused(error) {
      if (isOpening && KEY_REASONS.includes(error.reason)) refused = error
      else warn(`${error.message}; requests go on without it`)
    },
  })
  const secret = createSecretRow(link, names, envelope)
  const chunks = createChunkStore(link, names, clock)
  const reader = createRecordReader({ link, names, chunks, codec: packing, timeoutMs })
  const unfinished = new Set<BodyWriter>()
  const writer = createRecordWriter({
    ...{ link, names, state, chunks, packing, clock, maxEntryBytes, writeBody },
    peek: reader.peek,
  })
  const cells = createRedisCells({ link, names, lock, watch })
  const index = createEntryIndex({ link, names, state, reader, writer, clock })

  /** Looking at entries takes out those that are not encrypted; what is left by a process that ends expires. */
  function sweepSoon(): void {
    isToSweep = false
    clock.setTimer(() => void index.clean(NOTHING_BESIDES).catch(() => undefined), 0)
  }

  function writeBody(bodyId: string): BodyWriter {
    const parts = { chunks, packing, clock, maxEntryBytes, finish: writer.finish }
    const body = createBodyWriter({ ...parts, onEnd: () => unfinished.delete(body) }, bodyId)
    unfinished.add(body)
    return body
  }

  // Nothing else keeps a process alive that waits for its store and has not begun anything yet.
  const holding = setTimeout(() => undefined, OPEN_WITHIN_MS)
  await Promise.race([
    link.begun,
    new Promise<void>((resolve) => void clock.setTimer(resolve, OPEN_WITHIN_MS)),
  ])
  clearTimeout(holding)
  isOpening = false
  if (refused !== undefined) {
    state.stop()
    await link.close()
    throw refused
  }
  return {
    tier: 'redis',
    isRemote: true,
    cells,
    ledger: createRedisLedger({ link, names, clock, services: createLedgerServices(link, names, lock) }),
    read: reader.read,
    head: reader.head,
    write: writer.write,
    writeBody,
    confirm: writer.confirm,
    remove: writer.remove,
    addMark: (scope, { isSoft, atMs }) => state.addMark({ scope, isSoft, atMs }),
    marks: (afterSequence) => state.known(({ marks }) => marks.after(afterSequence)),
    sequence: () => state.known(({ last }) => last()),
    changesSince: (sequence) => state.known(({ since }) => since(sequence)),
    list: index.list,
    async clean(isRemovable, cleaning = {}) {
      const standing = await state.known(({ marks }) => marks.size())
      const clean = (asked: CleaningAsked): Promise<number> =>
        index.clean({ isRemovable: asked.isRemovable, expiredAtMs: asked.expiredAtMs })
      return cleanWithMarksDue({ isRemovable, ...cleaning }, { marks: standing, cells, clean })
    },
    secret: secret.read,
    health: createRedisHealth({ link, names, lock, shown: endpoint.shown }),
    async close() {
      await Promise.all([...unfinished].map((body) => body.abandon()))
      state.stop()
      await link.close()
    },
  }
}

const NOTHING_BESIDES = { isRemovable: () => false, expiredAtMs: undefined } as const

function once(warn: (message: string) => void): (message: string) => void {
  const warned = new Set<string>()
  return (message) => {
    if (warned.has(message)) return
    warned.add(message)
    warn(message)
  }
}
