import pc from 'picocolors'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { DEMO_SERVICES } from '../../demo/local-origin.js'
import type { PhaseReport } from '../../demo/phase-report.js'
import type { DemoReport } from '../../demo/run-demo.js'
import { OUTCOMES, type Outcome } from '../../model/outcome.js'
import { PLAIN_LAYOUT } from '../layout.js'
import { bestHitRate, renderAfterStop, renderWhileUp } from './report-view.js'

function phase(counted: Partial<Record<Outcome, number>>, originCalls: number): PhaseReport {
  const outcomes = {
    ...Object.fromEntries(OUTCOMES.map((name) => [name, 0])),
    ...counted,
  } as PhaseReport['outcomes']
  const requests = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  return {
    requests,
    outcomes,
    tiers: {},
    hitRate: 75,
    answered: requests - outcomes.failed,
    hitMs: { p50: 0.02, p95: 0.4 },
    missMs: { p50: 123, p95: 290 },
    originCalls,
    callsSaved: requests - originCalls,
  }
}

const report: DemoReport = {
  services: {
    tmdb: phase({ hit: 300, miss: 90, revalidated: 10 }, 100),
    spotify: phase({ hit: 1_000, coalesced: 20, miss: 200 }, 201),
    books: phase({}, 0),
  },
  distinct: 300,
  afterStop: {
    tmdb: phase({ rescued: 90 }, 0),
    spotify: phase({ hit: 198, failed: 2 }, 0),
    books: phase({}, 0),
  },
  callsAfterStop: 0,
  isInterrupted: false,
}

describe('the report of the demo', () => {
  it('shows what each service asked and saved, and leaves out what was not asked', () => {
    const text = renderWhileUp(report, PLAIN_LAYOUT)
    expect(text).toMatch(/^tmdb +400 +75\.0 % +20 µs, 400 µs +123 ms, 290 ms +100 +300$/m)
    expect(text).toMatch(/^spotify +1,220 /m)
    expect(text).not.toContain('books')
    expect(text).toContain('300 of the 1,620 requests were different')
    expect(text).toContain('81.5 % can be hits')
  })

  it('says how many failed, and why', () => {
    const services = { ...report.services, books: phase({ miss: 3, failed: 2 }, 5) }
    expect(renderWhileUp({ ...report, services }, PLAIN_LAYOUT)).toContain('2 failed: the origin refused')
    expect(renderWhileUp(report, PLAIN_LAYOUT)).not.toContain('failed:')
  })

  it('tells fresh answers from rescued ones, and sums up', () => {
    const text = renderAfterStop(report, PLAIN_LAYOUT)
    expect(text).toMatch(/^tmdb +90 +90 +0 +90 +0$/m)
    expect(text).toMatch(/^spotify +200 +198 +198 +0 +2$/m)
    expect(text).toContain(
      '288 of 290 requests were answered without an origin, 0 of them from the LMDB store (0 calls reached the origin).',
    )
  })

  it.each([30, 50, 80, 120])('fits into a terminal of %d columns', (columns) => {
    const layout = { columns, colours: pc.createColors(false) }
    for (const text of [renderWhileUp(report, layout), renderAfterStop(report, layout)]) {
      expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
      expect(text).toContain(DEMO_SERVICES[0])
    }
  })

  it('keeps the durations in 80 columns, and leaves out the origin calls first', () => {
    const text = renderWhileUp(report, { columns: 80, colours: pc.createColors(false) })
    expect(text).toContain('123 ms, 290 ms')
    expect(text).not.toContain('origin calls')
  })

  it('knows the best hit rate of a stream', () => {
    expect(bestHitRate(1_000, 250)).toBe(75)
    expect(bestHitRate(0, 0)).toBe(0)
  })
})
