import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/helpers/refusal.js'
import { readTtlEnvironment, ttlVariable } from './ttl-environment.js'

const HOUR_MS = 3_600_000

describe('CACHE_TTL_<SERVICE>_HOURS', () => {
  it.each([
    ['6', 6],
    [' 6 ', 6],
    ['0', 0],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['06', 6],
    ['8760', 8_760],
  ])('of %j is %d hours', (value, hours) => {
    const ttls = readTtlEnvironment({ CACHE_TTL_TMDB_HOURS: value })
    expect([...ttls]).toEqual([['CACHE_TTL_TMDB_HOURS', hours * HOUR_MS]])
  })

  it.each([
    'abc',
    '-1',
    '',
    ' ',
    'Infinity',
    'NaN',
    '1e3',
    '+6',
    '6h',
    '5.',
    '1,5',
    '0x10',
    '1_0',
    '9'.repeat(400),
  ])('of %j is refused by its name, with the value and what is expected', (value) => {
    expect(refusalOf(() => readTtlEnvironment({ CACHE_TTL_MY_SERVICE_HOURS: value }))).toBe(
      `CACHE_TTL_MY_SERVICE_HOURS is ${JSON.stringify(value)}; ` +
        'expected a number of hours, 0 or more, such as 6 or 0.5',
    )
  })

  it('is what the pattern says and no other variable', () => {
    const environment = { CACHE_TTL_HOURS: 'x', cache_ttl_tmdb_hours: 'x', CACHE_TTL_TMDB: 'x', HOME: 'x' }
    expect(readTtlEnvironment({ ...environment, CACHE_TTL_X_HOURS: undefined }).size).toBe(0)
  })

  it.each([
    ['tmdb', 'CACHE_TTL_TMDB_HOURS'],
    ['my_service', 'CACHE_TTL_MY_SERVICE_HOURS'],
    ['my-service.v2', 'CACHE_TTL_MY_SERVICE_V2_HOURS'],
    ['a__b', 'CACHE_TTL_A__B_HOURS'],
    ['a_', 'CACHE_TTL_A__HOURS'],
  ])('for %s is %s', (service, variable) => {
    expect(ttlVariable(service)).toBe(variable)
  })
})
