import { describe, expect, it } from 'vitest'
import type { QuotaState } from '../../model/limits.js'
import { PLAIN_LAYOUT } from '../layout.js'
import { renderQuotas } from './quota-view.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

const state = (changes: Partial<QuotaState>): QuotaState => ({
  service: 'tmdb',
  identity: undefined,
  level: 'ample',
  budgets: [],
  coolDown: undefined,
  ...changes,
})

const lines = (...states: QuotaState[]): string[] => renderQuotas(states, PLAIN_LAYOUT, NOW_MS).split('\n')

describe('budgets', () => {
  it('are a row each, whole ones without a time of renewal', () => {
    const quota = {
      name: '1000/1d',
      kind: 'quota',
      limit: 1_000,
      remaining: 12,
      renewsAtMs: NOW_MS + 7_200_000,
    } as const
    const rate = {
      name: '40/1s',
      kind: 'rate-limit',
      limit: 40,
      remaining: 40,
      renewsAtMs: undefined,
    } as const
    const [head, first, second, ...rest] = lines(
      state({ budgets: [quota, rate], level: 'scarce' }),
      state({
        service: 'spotify',
        identity: 'abc',
        coolDown: { untilMs: NOW_MS + 20_000_000, because: 'origin-quota' },
      }),
    )
    expect(head).toMatch(/^service +identity +budget +kind +left +of +renews$/)
    expect(first).toMatch(/^tmdb +all +1000\/1d +quota +12 +1,000 +in 2 h$/)
    expect(second).toMatch(/^tmdb +all +40\/1s +rate-limit +40 +40 +–$/)
    expect(rest[0]).toBe('tmdb is scarce: what an older answer can stand in for is not asked for.')
    expect(rest[1]).toMatch(
      /^spotify \(abc\) cools down until .+ \(in 5 h 33 min\): it answered that there were too many calls\.$/,
    )
  })

  it('that are none are said to be none', () => {
    expect(lines()).toEqual(['no budgets: none is declared, spent of or learned'])
  })
})
