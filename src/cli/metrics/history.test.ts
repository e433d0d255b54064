import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { OUTCOMES } from '../../model/outcome.js'
import type { MinuteFigures } from '../../model/metrics.js'
import { historySteps, mergeSteps, parseSpan } from './history.js'
import { renderHistory } from './history-view.js'

const HOUR_MS = 3_600_000
const nowMs = Date.UTC(2026, 0, 15, 12, 30, 10)

function minute(atMs: number, hits: number, misses: number): MinuteFigures {
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as MinuteFigures['outcomes']
  return { atMs, hits, misses, originCalls: misses, outcomes, services: {} }
}

describe('parseSpan', () => {
  it.each([
    ['1h', HOUR_MS],
    ['90m', 1.5 * HOUR_MS],
    ['24h', 24 * HOUR_MS],
    ['7d', 168 * HOUR_MS],
  ])('%s is %d ms', (text, ms) => expect(parseSpan(text)).toBe(ms))

  it.each(['', '1', '8d', '0h', '-1h', '1w', 'h', '1h 2m'])('refuses %j', (text) => {
    expect(() => parseSpan(text)).toThrow(/--history '.*' is not a time span/)
  })
})

describe('historySteps', () => {
  it('has one step per minute up to two hours, gaps filled', () => {
    const steps = historySteps([minute(nowMs - 70_000, 3, 1)], HOUR_MS, nowMs)
    expect(steps).toHaveLength(60)
    expect(steps.at(-1)).toMatchObject({ atMs: Date.UTC(2026, 0, 15, 12, 30), requests: 0 })
    expect(steps.at(-2)).toMatchObject({ requests: 4, hits: 3, misses: 1, originCalls: 1 })
  })

  it('adds minutes up to hours beyond', () => {
    const steps = historySteps([minute(nowMs - 60_000, 3, 1), minute(nowMs, 2, 0)], 24 * HOUR_MS, nowMs)
    expect(steps).toHaveLength(24)
    expect(steps.at(-1)).toMatchObject({ requests: 6, hits: 5 })
  })

  it('leaves out minutes before the span', () => {
    const steps = historySteps([minute(nowMs - 5 * HOUR_MS, 3, 1)], HOUR_MS, nowMs)
    expect(steps.every((step) => step.requests === 0)).toBe(true)
  })

  it('merges into as many groups as fit, losing nothing', () => {
    const steps = historySteps([minute(nowMs, 3, 1), minute(nowMs - 30 * 60_000, 5, 0)], 2 * HOUR_MS, nowMs)
    const merged = mergeSteps(steps, 50)
    expect(merged.length).toBeLessThanOrEqual(50)
    expect(merged.reduce((sum, step) => sum + step.requests, 0)).toBe(9)
  })
})

describe('renderHistory', () => {
  const steps = historySteps([minute(nowMs, 3, 1)], 2 * HOUR_MS, nowMs)
  const colours = pc.createColors(false)

  it('is sparklines that fit a terminal', () => {
    const lines = renderHistory(steps, { columns: 60, colours }).split('\n')
    expect(lines).toHaveLength(4)
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(60)
  })

  it('is a row per step in a pipe', () => {
    const lines = renderHistory(steps, { columns: undefined, colours }).split('\n')
    expect(lines).toHaveLength(121)
    expect(lines[0]).toMatch(/^from +requests +hits +misses +hit rate +origin calls$/)
    expect(lines.at(-1)).toMatch(/ 4 +3 +1 +75\.0 % +1$/)
  })
})
