import { describe, expect, it } from 'vitest'
import { ReuseOdds, useClassOf } from './reuse-odds.js'

const ENTRIES = 100
const ENOUGH = 40_000

/** What was learnt from so many uses that each do one of the given things. */
function learnt(observe: (odds: ReuseOdds, use: number) => void): ReuseOdds {
  const odds = new ReuseOdds()
  for (let use = 0; use < ENOUGH; use += 1) {
    observe(odds, use)
    odds.tick(ENTRIES)
  }
  return odds
}

describe('reuse odds', () => {
  it('believe at first that worth falls with age and rises with use', () => {
    const odds = new ReuseOdds()
    expect(odds.worth(0, 10)).toBeGreaterThan(odds.worth(0, 1_000))
    expect(odds.worth(3, 1_000)).toBeGreaterThan(odds.worth(0, 1_000))
  })

  it('value the young where what comes again comes soon', () => {
    const odds = learnt((seen, use) => (use % 2 === 0 ? seen.cameAgain(0, 5) : seen.wasForgotten(0, 500)))
    expect(odds.worth(0, 2)).toBeGreaterThan(odds.worth(0, 50))
  })

  it('value the old where what comes again comes after a fixed time: in a loop', () => {
    const odds = learnt((seen) => seen.cameAgain(0, 1_000))
    expect(odds.worth(0, 900)).toBeGreaterThan(odds.worth(0, 10))
  })

  it('learn of each class of use by itself', () => {
    const odds = learnt((seen, use) => (use % 2 === 0 ? seen.cameAgain(2, 300) : seen.wasForgotten(0, 300)))
    expect(odds.worth(2, 100)).toBeGreaterThan(odds.worth(0, 100))
    const opposite = learnt((seen, use) =>
      use % 2 === 0 ? seen.cameAgain(0, 300) : seen.wasForgotten(2, 300),
    )
    expect(opposite.worth(0, 100)).toBeGreaterThan(opposite.worth(2, 100))
  })

  it('count a life that was cut short for the ages that it reached, and for none beyond', () => {
    // All who reach 1,000 come again there; that most are forgotten at 10 says nothing against it.
    const odds = learnt((seen, use) => (use % 10 === 0 ? seen.cameAgain(1, 1_000) : seen.wasForgotten(1, 10)))
    const wanted = learnt((seen) => seen.cameAgain(1, 1_000))
    expect(Math.abs(odds.worth(1, 500) - wanted.worth(1, 500))).toBeLessThan(64)
  })

  it('forget what is no longer so', () => {
    const odds = learnt((seen, use) =>
      use < ENOUGH / 2
        ? seen.cameAgain(0, 1_000)
        : use % 2 === 0
          ? seen.cameAgain(0, 5)
          : seen.wasForgotten(0, 2_000),
    )
    expect(odds.worth(0, 2)).toBeGreaterThan(odds.worth(0, 900))
  })

  it('tell classes of use by doublings', () => {
    expect([0, 1, 2, 3, 4, 7, 8, 15, 16, 254].map(useClassOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  })
})
