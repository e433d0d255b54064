// Counts answers in memory and hands the counts to the store's ledger every second and on exit. A delta belongs to
// the ledger's epoch in which it was begun: a reset in between drops it whole.
import { LATENCY_BUCKETS, type Ledger, type LedgerDelta, type Tally } from '../model/ledger.js'
import { COUNTS_AS, OUTCOMES, type Outcome } from '../model/outcome.js'
import type { Clock } from '../shared/clock.js'
import { bucketOf } from './latency-buckets.js'

/** What is counted of one answer. */
export interface Counted {
  readonly service: string
  readonly outcome: Outcome
  readonly durationMs: number
  /** Saved by a hit. */
  readonly savedMs: number
  readonly savedBytes: number
}

/** The counters of one instance. */
export interface Counters {
  count(counted: Counted): void
  /** Counts requests that reached an origin. */
  countOriginCalls(service: string, calls: number): void
  /** Counts an answer that was not what it should be. */
  countDrift(service: string): void
  /** Hands over what was counted; what cannot be written is kept for the next time. */
  flush(): Promise<void>
  /** The same at once, for a process that exits. */
  flushNow(): void
  /** Takes up counting in the ledger's present epoch, with nothing counted. */
  restart(): Promise<void>
  /** Stops the timer and flushes. */
  close(): Promise<void>
}

interface OpenTally {
  readonly outcomes: Record<Outcome, number>
  originCalls: number
  savedMs: number
  savedBytes: number
  drifts: number
  readonly hitLatency: number[]
  readonly missLatency: number[]
}

/** How often counts are handed over. */
const FLUSH_EVERY_MS = 1_000
const MINUTE_MS = 60_000

/** Makes counters that write to a ledger. `onError` hears of ledgers that cannot be written. */
export async function createCounters(
  ledger: Ledger,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<Counters> {
  let tallies = new Map<string, OpenTally>()
  let epoch = await epochOf(ledger, onError)
  let minute = 0
  let cancelTimer: (() => void) | undefined
  let flushing: Promise<void> = Promise.resolve()
  let isClosed = false

  function tallyOf(service: string): OpenTally {
    const known = tallies.get(service)
    if (known !== undefined) return known
    if (tallies.size === 0) beginDelta()
    const made = openTally()
    tallies.set(service, made)
    if (!isClosed) cancelTimer ??= clock.setTimer(onTimer, FLUSH_EVERY_MS)
    return made
  }

  /** A delta belongs to the epoch and the minute in which it begins; a remote ledger's epoch is that of the last flush. */
  function beginDelta(): void {
    minute = Math.floor(clock.nowMs() / MINUTE_MS)
    try {
      const current = ledger.epoch()
      if (typeof current === 'number') epoch = current
      else current.catch(() => undefined)
    } catch {
      // The answer that is being counted is not to fail for it; the flush will tell.
    }
  }

  function onTimer(): void {
    cancelTimer = undefined
    void flush()
  }

  function takeDelta(): LedgerDelta {
    const delta = { epoch, minute, services: Object.fromEntries(tallies) }
    tallies = new Map()
    return delta
  }

  async function flushOnce(): Promise<void> {
    if (tallies.size === 0) return
    const delta = takeDelta()
    try {
      await ledger.add(delta)
      epoch = await ledger.epoch()
    } catch (error) {
      putBack(delta)
      onError(error)
    }
  }

  /** Keeps a delta for the next try, in its own epoch; a newer one under way says that a reset came between. */
  function putBack(delta: LedgerDelta): void {
    if (tallies.size > 0 && epoch !== delta.epoch) return
    for (const [service, tally] of Object.entries(delta.services)) addInto(tallyOf(service), tally)
    epoch = delta.epoch
  }

  function flush(): Promise<void> {
    flushing = flushing.then(flushOnce)
    return flushing
  }

  return {
    count({ service, outcome, durationMs, savedMs, savedBytes }) {
      const tally = tallyOf(service)
      tally.outcomes[outcome] += 1
      const kind = COUNTS_AS[outcome]
      if (kind === 'neither') return
      const latency = kind === 'hit' ? tally.hitLatency : tally.missLatency
      const bucket = bucketOf(durationMs)
      latency[bucket] = (latency[bucket] ?? 0) + 1
      if (kind === 'hit') {
        tally.savedMs += savedMs
        tally.savedBytes += savedBytes
      }
    },
    countOriginCalls(service, calls) {
      if (calls > 0) tallyOf(service).originCalls += calls
    },
    countDrift(service) {
      tallyOf(service).drifts += 1
    },
    flush,
    flushNow() {
      if (tallies.size === 0) return
      try {
        ledger.addNow(takeDelta())
      } catch {
        // The process is exiting: there is nobody left to tell.
      }
    },
    async restart() {
      await flushing
      tallies = new Map()
      epoch = await ledger.epoch()
    },
    async close() {
      isClosed = true
      cancelTimer?.()
      await flush()
    },
  }
}

/** A ledger that cannot be read keeps nobody from opening; what is counted meanwhile may be dropped as of another epoch. */
async function epochOf(ledger: Ledger, onError: (error: unknown) => void): Promise<number> {
  try {
    return await ledger.epoch()
  } catch (error) {
    onError(error)
    return 0
  }
}

function openTally(): OpenTally {
  const outcomes: Partial<Record<Outcome, number>> = {}
  for (const outcome of OUTCOMES) outcomes[outcome] = 0
  return {
    outcomes: outcomes as Record<Outcome, number>,
    originCalls: 0,
    savedMs: 0,
    savedBytes: 0,
    drifts: 0,
    hitLatency: new Array<number>(LATENCY_BUCKETS).fill(0),
    missLatency: new Array<number>(LATENCY_BUCKETS).fill(0),
  }
}

function addInto(open: OpenTally, tally: Tally): void {
  for (const outcome of OUTCOMES) open.outcomes[outcome] += tally.outcomes[outcome]
  open.originCalls += tally.originCalls
  open.savedMs += tally.savedMs
  open.savedBytes += tally.savedBytes
  open.drifts += tally.drifts
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket += 1) {
    open.hitLatency[bucket] = (open.hitLatency[bucket] ?? 0) + (tally.hitLatency[bucket] ?? 0)
    open.missLatency[bucket] = (open.missLatency[bucket] ?? 0) + (tally.missLatency[bucket] ?? 0)
  }
}
