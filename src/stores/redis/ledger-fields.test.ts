import { describe, expect, it } from 'vitest'
import { sampleTally } from '../../testing/store-contract/sample-records.js'
import { fieldsOf, talliesOf } from './ledger-fields.js'

describe('figures as fields of a hash', () => {
  it('come back as they were, whatever the service is called', () => {
    const services = { tmdb: sampleTally(3), 'é:映画': { ...sampleTally(1), drifts: 2 } }
    expect(talliesOf(fieldsOf(services))).toEqual(services)
  })

  it('counts of nothing are not written', () => {
    expect(
      fieldsOf({ a: { ...sampleTally(0), outcomes: { ...sampleTally(0).outcomes, miss: 0 } } }).length,
    ).toBeLessThan(8)
  })

  it('what is not known is passed over', () => {
    expect(talliesOf(['epoch', '3', 'a\no:unheard-of', '1', 'a\nh:9999', '1'])).toEqual(
      talliesOf(['a\no:hit', '0']),
    )
  })
})
