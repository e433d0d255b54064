// Leases over the cells of a store: one row per name, with who holds it and until when, or how it ended.
//
// A holder renews its row while it works. One that dies or stalls lets it run out, and whoever waits may take it; should the
// stalled one go on, its token is no longer in the row, so that it can neither renew nor end what is another's by now. How work
// ended stays in the row for as long as a lease lasts, under its token, so that those who waited for that very work read it and
// nobody else does. After a failure the row may say for how long the origin is to be left alone; it counts the failures in a row,
// which an answer ends, and a call that was not sent does not.
import { randomBytes } from 'node:crypto'
import type { CellChanged, Cells } from '../model/cells.js'
import {
  LEASE_MS,
  type Lease,
  type LeaseAnswer,
  type LeaseEnd,
  type Leases,
  type SharedFailure,
} from '../model/leases.js'
import type { Clock } from '../shared/clock.js'
import { isRefusal } from './failure-reason.js'
import { type LeaseRow, isHeld, readLeaseRow, writeLeaseRow } from './lease-row.js'

/** A holder renews this often. */
const RENEW_EVERY_MS = Math.floor(LEASE_MS / 3)
/** Whoever waits looks after this time first, and then less and less often. */
const LOOK_FIRST_MS = 2
const LOOK_LAST_MS = 25
/** The same where the store tells of changes, in case it did not. */
const LOOK_WATCHED_MS = 250
/** How often a store that was away is told again of a lease that nobody in this process holds. */
const TELL_AGAIN_MS = 100

/** How work ended, and for how long others are to know. */
interface EndedAs {
  readonly end: LeaseEnd
  readonly restMs: number
  readonly rememberMs: number
}

/** Makes the leases of a store. */
export function createLeases(cells: Cells, clock: Clock): Leases {
  function nameOf(name: string): string {
    return `lease:${name}`
  }

  /** Gives back what may stand in the store under a token: a store that goes away may have carried out what it did not answer. */
  function giveBackLater(name: string, token: string, end: EndedAs): void {
    const untilMs = clock.monotonicMs() + LEASE_MS
    const tryAgain = (): void => {
      if (clock.monotonicMs() > untilMs) return
      clock.setTimer(() => void giveBack(name, token, end).catch(tryAgain), TELL_AGAIN_MS)
    }
    tryAgain()
  }

  async function giveBack(name: string, token: string, { end, restMs, rememberMs }: EndedAs): Promise<void> {
    await cells.update<void>(nameOf(name), (before, nowMs) => {
      const row = readLeaseRow(before)
      if (row?.token !== token || row.end !== undefined) return { action: 'leave', result: undefined }
      if (end.kind === 'stored') return { action: 'remove', result: undefined }
      return put(endedRow(row, end, { nowMs, restMs, rememberMs }))
    })
  }

  function hold(name: string, token: string): Lease {
    let isEnded = false
    let cancelTimer = clock.setTimer(renew, RENEW_EVERY_MS)

    function renew(): void {
      if (isEnded) return
      cancelTimer = clock.setTimer(renew, RENEW_EVERY_MS)
      const renewing = cells.update<void>(nameOf(name), (before, nowMs) => {
        const row = readLeaseRow(before)
        return row?.token === token && row.end === undefined
          ? put({ ...row, untilMs: nowMs + LEASE_MS })
          : { action: 'leave', result: undefined }
      })
      // A store that is away has nobody waiting on it.
      renewing.catch(() => undefined)
    }

    return {
      async release(end, { restMs = 0, rememberMs = 0 } = {}) {
        isEnded = true
        cancelTimer()
        const endedAs = { end, restMs, rememberMs }
        await giveBack(name, token, endedAs).catch((error: unknown) => {
          giveBackLater(name, token, endedAs)
          throw error
        })
      },
    }
  }

  function waitFor(name: string, token: string, signal: AbortSignal): Promise<LeaseEnd | undefined> {
    return new Promise((resolve, reject) => {
      let isSettled = false
      let cancelTimer: (() => void) | undefined
      let lookAgainMs = cells.watch === undefined ? LOOK_FIRST_MS : LOOK_WATCHED_MS
      const stopWatching = cells.watch?.(nameOf(name), look)
      const settle = (done: () => void): void => {
        isSettled = true
        cancelTimer?.()
        stopWatching?.()
        signal.removeEventListener('abort', onAbort)
        done()
      }
      const onAbort = (): void => settle(() => resolve(undefined))

      function look(): void {
        cancelTimer?.()
        if (isSettled) return
        readEnd().then(
          (found) => {
            if (isSettled) return
            if (found !== 'held') return settle(() => resolve(found))
            cancelTimer = clock.setTimer(look, lookAgainMs)
            if (cells.watch === undefined) lookAgainMs = Math.min(LOOK_LAST_MS, lookAgainMs * 1.5)
          },
          (error: unknown) => settle(() => reject(error as Error)),
        )
      }

      async function readEnd(): Promise<LeaseEnd | 'held' | undefined> {
        const row = readLeaseRow(await cells.read(nameOf(name)))
        if (row?.token !== token) return undefined
        return row.end ?? 'held'
      }

      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      look()
    })
  }

  return {
    async take(name, { mustAsk }): Promise<LeaseAnswer> {
      const token = randomBytes(9).toString('base64url')
      const taking = cells.update<LeaseRow>(nameOf(name), (before, nowMs) => {
        const known = readLeaseRow(before)
        if (known !== undefined && isHeld(known, nowMs)) return { action: 'leave', result: known }
        if (known !== undefined && !mustAsk && known.restUntilMs > nowMs)
          return { action: 'leave', result: known }
        const taken: LeaseRow = {
          token,
          untilMs: nowMs + LEASE_MS,
          end: undefined,
          restUntilMs: 0,
          failures: known?.failures ?? 0,
        }
        return { ...put(taken), result: taken }
      })
      const row = await taking.catch((error: unknown) => {
        giveBackLater(name, token, { end: { kind: 'passed-on' }, restMs: 0, rememberMs: 0 })
        throw error
      })
      if (row.token === token) return { state: 'taken', lease: hold(name, token), failures: row.failures }
      if (row.end === undefined) return { state: 'held', ended: (signal) => waitFor(name, row.token, signal) }
      return { state: 'resting', failure: failureOf(row.end), untilMs: row.restUntilMs }
    },
  }
}

function endedRow(
  row: LeaseRow,
  end: LeaseEnd,
  { nowMs, restMs, rememberMs }: Omit<EndedAs, 'end'> & { readonly nowMs: number },
): LeaseRow {
  const failures = failuresAfter(row, end)
  const restUntilMs = restMs > 0 ? nowMs + restMs : 0
  // Failures in a row are remembered a while longer than the rest itself, so that the next one rests longer.
  const untilMs = nowMs + Math.max(LEASE_MS, restMs * 2, failures === 0 ? 0 : rememberMs)
  return { ...row, untilMs, end, restUntilMs, failures }
}

function failuresAfter({ failures }: LeaseRow, end: LeaseEnd): number {
  if (end.kind === 'passed-on') return failures
  if (end.kind === 'failed') return isRefusal(end.failure) ? failures : failures + 1
  return 0
}

function put(row: LeaseRow): Extract<CellChanged<void>, { action: 'put' }> {
  return { action: 'put', value: writeLeaseRow(row), keepUntilMs: row.untilMs, result: undefined }
}

/** A row rests after failures alone. */
function failureOf(end: LeaseEnd): SharedFailure {
  if (end.kind === 'failed') return end.failure
  return {
    code: 'CACHETTE_ORIGIN_UNREACHABLE',
    message: 'the last call failed',
    because: 'origin-unreachable',
  }
}
