// Single flight inside the process: for one key, one origin call at a time. A flight stays in the map until its
// entry can be found, or the next caller would call again. A purge does not end a flight, but nobody joins it then.
import type { Interest } from './interest.js'
import { type Patience, waitFor } from './wait-for.js'

/** Work under way for a key. */
export interface Flight<Result> {
  /**
   * Waits for the result as one of those who want it, and takes from it what the caller needs; when the last of them has
   * left, the work is told.
   */
  wait<Taken>(patience: Patience, take: (result: Result) => Taken): Promise<Taken>
  /** The result, once it is there; the flight may stay until the entry can be found. */
  landed(): { readonly result: Result; readonly atMs: number } | undefined
  /** True once somebody who waited for it has left before it landed. */
  wasLeft(): boolean
  /** True once it had to wait for another process. */
  isHeldUp(): boolean
  /** The store's sequence number when it began; a newer mark keeps others from joining. */
  readonly beganSequence: number
}

/** What the work gives: a result to share, and when its entry can be found. */
export interface FlightWork<Result> {
  readonly result: Result
  readonly isFindable: Promise<unknown> | undefined
  /** When other processes may ask again; undefined where they were not kept from it. */
  readonly released: Promise<unknown> | undefined
}

/** The work, told whether anybody waits for it. */
export type FlightPlan<Result> = (interest: Interest) => Promise<FlightWork<Result>>

/** The flights of an instance. */
export interface Flights<Result> {
  get(key: string): Flight<Result> | undefined
  /** Starts a flight, in the place of any other under the key. */
  lead(key: string, beganSequence: number, work: FlightPlan<Result>): Flight<Result>
  /** Remembers for 10 s that calls under the key cannot share an answer. */
  keepApart(key: string, monotonicMs: number): void
  isKeptApart(key: string, monotonicMs: number): boolean
  /** Resolves when no flight is under way. */
  settled(): Promise<void>
}

const APART_FOR_MS = 10_000
const MAX_APART = 10_000

/** Makes an empty set of flights. `waitUntil` is told of each, for platforms that stop a process once it has answered. */
export function createFlights<Result>(
  monotonicMs: () => number,
  waitUntil: (work: Promise<unknown>) => void,
): Flights<Result> {
  const flights = new Map<string, Flight<Result>>()
  const apart = new Map<string, number>()
  const closing = new Set<Promise<unknown>>()

  return {
    get: (key) => flights.get(key),
    lead(key, beganSequence, work) {
      const listeners = new Set<() => void>()
      let waiting = 0
      let hasLeader = false
      let wasLeft = false
      let isHeldUp = false
      const interest: Interest = {
        isWanted: () => waiting > 0 || !hasLeader,
        onUnwanted(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        giveUp() {
          if (flights.get(key) === flight) flights.delete(key)
        },
        holdUp: () => void (isHeldUp = true),
      }
      const working = work(interest)
      let landed: { readonly result: Result; readonly atMs: number } | undefined
      const result = working.then((done) => {
        landed = { result: done.result, atMs: monotonicMs() }
        return done.result
      })
      const flight: Flight<Result> = {
        beganSequence,
        landed: () => landed,
        wasLeft: () => wasLeft,
        isHeldUp: () => isHeldUp,
        async wait(patience, take) {
          waiting += 1
          hasLeader = true
          try {
            return take(await waitFor(result, patience))
          } catch (error) {
            wasLeft ||= landed === undefined
            throw error
          } finally {
            waiting -= 1
            if (waiting === 0) for (const listener of [...listeners]) listener()
          }
        },
      }
      flights.set(key, flight)
      const landing = working
        .then(({ isFindable }) => isFindable)
        .catch(() => undefined)
        .finally(() => {
          if (flights.get(key) === flight) flights.delete(key)
        })
      const ending = Promise.all([landing, working.then(({ released }) => released)])
        .catch(() => undefined)
        .finally(() => closing.delete(ending))
      closing.add(ending)
      waitUntil(ending)
      // Those who wait get the failure; where all have left, nobody is to be told.
      result.catch(() => undefined)
      return flight
    },
    keepApart(key, monotonicMs) {
      if (apart.size >= MAX_APART) apart.clear()
      apart.set(key, monotonicMs + APART_FOR_MS)
    },
    isKeptApart(key, monotonicMs) {
      const untilMs = apart.get(key)
      if (untilMs === undefined) return false
      if (monotonicMs < untilMs) return true
      apart.delete(key)
      return false
    },
    async settled() {
      await Promise.all(closing)
    },
  }
}
