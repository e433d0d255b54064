import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BudgetRule } from '../../model/limits.js'
import {
  type TurnLog,
  callsIn,
  logNow,
  nextTurnMs,
  returnTurn,
  shiftLog,
  takeTurn,
} from './sliding-window.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

const ruleOf = (limit: number, perMs: number): BudgetRule => ({
  name: `${limit}/${perMs}ms`,
  limit,
  perMs,
  resetsAt: undefined,
  timeZone: 'UTC',
})

/** Takes turns as callers come, and says when each of them goes. */
function turnsOf(rule: BudgetRule, arrivalsMs: readonly number[]): number[] {
  let log: TurnLog | undefined
  return arrivalsMs.map((arrivalMs) => {
    const now = logNow(rule, log, arrivalMs)
    const turnMs = nextTurnMs(rule, now, arrivalMs)
    log = takeTurn(now, turnMs)
    return turnMs
  })
}

const crowd = (count: number, atMs = NOW_MS): number[] => Array.from({ length: count }, () => atMs)

describe('turns under a rate limit', () => {
  it('a limit goes at once, the rest a window later', () => {
    expect(turnsOf(ruleOf(2, 1_000), crowd(5)).map((ms) => ms - NOW_MS)).toEqual([0, 0, 1_000, 1_000, 2_000])
  })

  it('a burst at the end of one second leaves nothing for the beginning of the next', () => {
    const arrivals = [...crowd(2, NOW_MS + 990), ...crowd(2, NOW_MS + 1_010)]
    expect(turnsOf(ruleOf(2, 1_000), arrivals).map((ms) => ms - NOW_MS)).toEqual([990, 990, 1_990, 1_990])
  })

  it('a turn that is given back is there for the next', () => {
    const rule = ruleOf(1, 1_000)
    const first = takeTurn(logNow(rule, undefined, NOW_MS), NOW_MS)
    const second = takeTurn(first, nextTurnMs(rule, first, NOW_MS))
    const without = returnTurn(second, NOW_MS + 1_000)
    expect(nextTurnMs(rule, without, NOW_MS)).toBe(NOW_MS + 1_000)
    expect(nextTurnMs(rule, returnTurn(without, NOW_MS), NOW_MS + 1)).toBe(NOW_MS + 1)
  })

  it('end with the day where the budget does', () => {
    const rule = { ...ruleOf(1, 86_400_000), resetsAt: '13:00' }
    expect(turnsOf(rule, crowd(2)).map((ms) => ms - NOW_MS)).toEqual([0, 3_600_000])
  })

  it('are as far ahead after the clock was put back as they were before', () => {
    const rule = ruleOf(1, 1_000)
    const log = takeTurn(takeTurn(logNow(rule, undefined, NOW_MS), NOW_MS), NOW_MS + 1_000)
    const shifted = shiftLog(log, -86_400_000)
    expect(nextTurnMs(rule, shifted, NOW_MS - 86_400_000)).toBe(NOW_MS - 86_400_000 + 2_000)
  })

  const limit = fc.integer({ min: 1, max: 400 })
  const perMs = fc.integer({ min: 1, max: 5_000 })
  const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat(200), fc.nat(6_000)), { maxLength: 700 })

  it('never hold more calls than the limit in any stretch as long as the window, and come in order', () => {
    fc.assert(
      fc.property(limit, perMs, gaps, (calls, windowMs, gapsMs) => {
        let nowMs = NOW_MS
        const turns = turnsOf(
          ruleOf(calls, windowMs),
          gapsMs.map((gapMs) => (nowMs += gapMs)),
        )
        expect(turns.every((turnMs, index) => index === 0 || turnMs >= turns[index - 1]!)).toBe(true)
        for (let index = calls; index < turns.length; index += 1)
          expect(turns[index]! - turns[index - calls]!).toBeGreaterThanOrEqual(windowMs)
      }),
    )
  })

  it('keep to the rate but for a few hundredths', () => {
    fc.assert(
      fc.property(limit, (calls) => {
        const windows = 3
        const turns = turnsOf(ruleOf(calls, 6_400), crowd(calls * windows + 1))
        expect(turns.at(-1)! - NOW_MS).toBeLessThanOrEqual(6_400 * windows * 1.04)
      }),
      { numRuns: 30 },
    )
  })

  it('are kept in bounded room, however large the limit', () => {
    const rule = ruleOf(100_000, 60_000)
    let log = logNow(rule, undefined, NOW_MS)
    for (let index = 0; index < 5_000; index += 1) {
      const nowMs = NOW_MS + index * 37
      log = logNow(rule, log, nowMs)
      log = takeTurn(log, nextTurnMs(rule, log, nowMs))
      expect(log.turns.length).toBeLessThanOrEqual(66)
    }
    expect(callsIn(log)).toBeGreaterThan(1_600)
  })
})
