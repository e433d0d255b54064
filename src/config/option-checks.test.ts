import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/helpers/refusal.js'
import { resolveConfig } from './resolve-config.js'

function refusal(options: unknown): string {
  return refusalOf(() => resolveConfig({ options, profiles: [], from: 'code', root: 'createCachette' }))
}

const inService = (settings: unknown): unknown => ({
  env: {},
  services: { my_service: { baseURL: 'https://api.example.com', ...(settings as object) } },
})

const WRONG = [null, true, false, NaN, Infinity, -Infinity, -1, '', 'abc', [], {}, new Map(), () => 1]
const only = (...right: unknown[]): unknown[] => WRONG.filter((value) => !right.includes(value))
/** The value under a path of names. */
const nested = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), value)
const WRONG_SCHEMAS: unknown[] = [
  { '~standard': {} },
  { '~standard': { version: 2, validate: () => ({ value: 1 }) } },
  { '~standard': { version: 1, validate: 'x' } },
]
const isText = (value: unknown): boolean => typeof value === 'string'
const isObject = (value: unknown): boolean => String(value) === '[object Object]'

const WRONG_BUDGETS: unknown[] = [
  ...only([]).filter((value) => !Array.isArray(value)),
  ...[
    '40',
    '40/',
    '/1s',
    '0/1s',
    '-1/1s',
    '1.5/1s',
    '40/0s',
    '40/1',
    '40/1w',
    '40 / 1s',
    '40/367d',
    '1e3/1s',
  ],
  ...[['40/1s', 'x'], [['40/1s']], { limit: 40 }, { per: '1s' }, { limit: '40', per: '1s' }],
  ...[
    { limit: 0, per: '1s' },
    { limit: 1.5, per: '1s' },
    { limit: 1, per: 0 },
    { limit: 1, per: '1s', x: 1 },
  ],
]

describe('an option of a service', () => {
  const durations = [
    'ttl',
    'negativeTtl',
    'maxTtl',
    'staleIfError',
    'timeout',
    'defaultTtl',
    'minTtl',
    'staleWhileRevalidate',
    'softTimeout',
  ]
  const cases: [name: string, values: unknown[], expected: RegExp][] = [
    ...durations.map((name): [string, unknown[], RegExp] => [name, WRONG, /expected a duration/]),
    ['timeout', [0, '0s'], /expected a duration greater than 0/],
    ['softTimeout', [0, '0s'], /expected a duration greater than 0/],
    [
      'eagerRefresh',
      [...only(true, false), 0, 1, 1.01, '0.8'],
      /expected true, false, or a share of the TTL greater than 0 and less than 1$/,
    ],
    ['jitter', [...WRONG, 1.01, '0.1'], /expected a share of the TTL, 0 to 1$/],
    ['retry', WRONG.filter((value) => !isObject(value)), /expected an object$/],
    ['retry.attempts', [...WRONG, 0, 1.5, 11, '3'], /expected a whole number, 1 to 10$/],
    [
      'breaker',
      only(true, false).filter((value) => !isObject(value)),
      /expected true, false, or an object of failures and openFor$/,
    ],
    ['breaker.failures', [...WRONG, 0, 1.5, '3'], /expected a whole number, 1 or more$/],
    ['breaker.openFor', [...WRONG, 0], /expected a duration greater than 0/],
    ['rateLimit', WRONG_BUDGETS, /expected a budget such as '40\/1s'/],
    ['quota', WRONG_BUDGETS, /expected a budget such as '40\/1s'/],
    ['limitsPer', WRONG, /expected 'service' or 'identity'$/],
    ['validate', [...WRONG, ...WRONG_SCHEMAS], /expected a Standard Schema, such as one of zod's/],
    ['maxBodyBytes', [...WRONG, 0], /expected a size/],
    ['ignoreNoStore', only(true, false), /expected true or false/],
    ['injectCredentials', only(true, false), /expected true or false/],
    ['identity', WRONG, /expected 'per-credential' or 'shared'/],
    ['freshness', WRONG, /expected 'ttl' or 'http'/],
    ['cacheType', WRONG, /expected 'private' or 'shared'/],
    ['key', WRONG.filter((value) => !isObject(value)), /expected an object/],
    ['headers', WRONG.filter((value) => !isObject(value)), /expected an object of headers/],
    ['params', WRONG.filter((value) => !isObject(value)), /expected an object of parameters/],
    ['classify', WRONG.slice(0, -1), /expected a function/],
    ['tags', WRONG.slice(0, -1), /expected a function that returns names/],
    [
      'baseURL',
      [...WRONG, 'api.example.com', 'ftp://h', 'https://u:p@h', 'https://h/?a=1', 'https://h/#a'],
      /expected an http or https URL/,
    ],
    ['hosts', WRONG.filter((value) => !Array.isArray(value)), /expected a list of hosts/],
    ['rules', WRONG.filter((value) => !Array.isArray(value)), /expected a list of rules/],
  ]

  it.each(cases)('%s is refused by its name for every wrong value', (name, values, expected) => {
    for (const value of values) {
      const message = refusal(inService(nested(name, value)))
      expect(message).toMatch(new RegExp(`^createCachette: services\\.my_service\\.${name} is `))
      expect(message).toMatch(expected)
    }
  })

  it.each([
    ['ttl', -1, 'is -1;'],
    ['ttl', NaN, 'is NaN;'],
    ['ttl', 'abc', 'is "abc";'],
    ['ttl', '', 'is "";'],
    ['ttl', [], 'is a list;'],
    ['key', new Map(), 'is a Map;'],
    ['baseURL', 'https://user:s3cret@h/?api_key=s3cret', 'is "https://REDACTED@h/?api_key=REDACTED";'],
  ])('%s shows the value that was given: %j', (name, value, shown) => {
    expect(refusal(inService({ [name]: value }))).toContain(shown)
  })

  it.each([
    [{ headers: { 'X-Api-Key': 987_654 } }, 'headers.X-Api-Key: expected text that a header can carry'],
    [
      { headers: { 'X-Api-Key': 's3cret\r\nX: y' } },
      'headers.X-Api-Key: expected text that a header can carry',
    ],
    [{ headers: { 'X Api Key': 'x' } }, 'headers: a name in it is not a header name'],
    [{ params: { api_key: null } }, 'params.api_key: expected a string, a number, true or false'],
    [{ params: { api_key: ['s3cret'] } }, 'params.api_key: expected a string, a number, true or false'],
  ])('%j is refused without a word of the value', (settings, expected) => {
    expect(refusal(inService(settings))).toBe(`createCachette: services.my_service.${expected}`)
  })

  it.each([
    [{ key: { ignoreParams: 'x' } }, /key\.ignoreParams is "x"; expected a list of names/],
    [{ key: { passThrough: [1] } }, /key\.passThrough\.0 is 1; expected a name/],
    [{ key: { body: 'yes' } }, /key\.body is "yes"; expected true or false/],
    [{ hosts: ['https://x'] }, /hosts\.0 is "https:\/\/x"; expected a host such as/],
    [{ hosts: ['*'] }, /hosts\.0 is "\*"; expected a host such as/],
    [{ hosts: ['a/b'] }, /hosts\.0/],
    [{ rules: [{ ttl: '1h' }] }, /rules\.0\.match: it must be given$/],
    [{ rules: [{ match: 5 }] }, /rules\.0\.match is 5; expected a URL pattern/],
    [
      { rules: [{ match: 'movie' }] },
      /^services\.my_service\.rules\.0\.match is "movie"; expected a path pattern that starts with "\/"$/,
    ],
    [
      { rules: [{ match: '/(' }] },
      /^services\.my_service\.rules\.0\.match is "\/\("; expected a URL pattern such as/,
    ],
    [{ rules: [{ match: '/a', ttl: '-1h' }] }, /rules\.0\.ttl is "-1h"; expected a duration/],
    [{ rules: [{ match: '/a', quota: '5' }] }, /rules\.0\.quota is "5"; expected a budget/],
    [{ retry: { attempt: 1 } }, /retry: unknown option "attempt"; did you mean "attempts"\?$/],
    [{ breaker: { failure: 1 } }, /breaker: unknown option "failure"; did you mean "failures"\?$/],
    [{ rules: [{ match: '/a', baseURL: 'https://x.example' }] }, /rules\.0: unknown option "baseURL"/],
  ] as const)('%j is refused where it stands', (settings, expected) => {
    expect(refusal(inService(settings))).toMatch(expected)
  })

  it.each([
    ['tll', 'ttl'],
    ['TTL', 'ttl'],
    ['negativeTTL', 'negativeTtl'],
    ['baseUrl', 'baseURL'],
    ['host', 'hosts'],
    ['header', 'headers'],
    ['staleIfErrors', 'staleIfError'],
    ['injectCredential', 'injectCredentials'],
    ['maxBodyByte', 'maxBodyBytes'],
    ['eagerRefreshs', 'eagerRefresh'],
    ['quotas', 'quota'],
    ['rateLimits', 'rateLimit'],
    ['limitPer', 'limitsPer'],
    ['validates', 'validate'],
    ['retrys', 'retry'],
  ])('%s is not known; %s is meant', (name, meant) => {
    expect(refusal(inService({ [name]: 1 }))).toBe(
      `createCachette: services.my_service: unknown option "${name}"; did you mean "${meant}"?`,
    )
  })

  it('that is like no other is answered with those that work', () => {
    const message = refusal(inService({ colour: 'blue' }))
    expect(message).toMatch(
      /unknown option "colour"; known here: freshness, cacheType, defaultTtl, minTtl, staleWhileRevalidate, ttl, .*hosts, rules$/,
    )
    expect(message).not.toMatch(/forwardHeaders/)
  })

  it.each(['toString', 'hasOwnProperty', 'valueOf'])(
    '%s is not known, though every object has it',
    (name) => {
      const settings: unknown = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`)
      expect(refusal({ services: { my_service: settings } })).toContain(`unknown option "${name}"`)
    },
  )

  it.each([['forwardHeaders', []]])(
    '%s is of a later version, and refused in services, rules and defaults',
    (name, value) => {
      const sentence = `option "${name}" is not in this version of cachette; leave it out`
      const rule = { match: '/a', [name]: value }
      expect(refusal(inService({ [name]: value }))).toBe(`createCachette: services.my_service: ${sentence}`)
      expect(refusal(inService({ rules: [rule] }))).toBe(
        `createCachette: services.my_service.rules.0: ${sentence}`,
      )
      expect(refusal({ defaults: { [name]: value } })).toBe(`createCachette: defaults: ${sentence}`)
    },
  )

  it('of a later version may stand with the value that asks for nothing', () => {
    const options = inService({ forwardHeaders: undefined })
    const config = resolveConfig({ options, profiles: [], from: 'code', root: 'createCachette' })
    expect(config.service('my_service').baseURL).toBe('https://api.example.com')
  })
})

describe('an option of an instance', () => {
  it.each([
    [{ memory: true }, 'memory is true; expected an object of bounds, or false'],
    [{ memory: null }, 'memory is null; expected an object of bounds, or false'],
    [{ memory: [] }, 'memory is a list; expected an object of bounds, or false'],
    [{ memory: '64MB' }, 'memory is "64MB"; expected an object of bounds, or false'],
    [{ memory: { maxByte: 1 } }, 'memory: unknown option "maxByte"; did you mean "maxBytes"?'],
    [
      { memory: { maxBytes: 0 } },
      "memory.maxBytes is 0; expected a size such as '64KB', '64MB' or '1GB', or bytes, 1 or more",
    ],
    [
      { memory: { maxBytes: 'much' } },
      "memory.maxBytes is \"much\"; expected a size such as '64KB', '64MB' or '1GB', or bytes, 1 or more",
    ],
    ...[0, -1, 1.5, NaN, Infinity, '5'].map((value) => [
      { memory: { maxEntries: value } },
      `memory.maxEntries is ${JSON.stringify(value) === 'null' ? String(value) : JSON.stringify(value)}; expected a whole number, 1 or more`,
    ]),
    [{ defaults: 5 }, 'defaults is 5; expected an object'],
    [{ defaults: { baseURL: 'https://x.example' } }, /^createCachette: defaults: unknown option "baseURL"/],
    [{ services: [] }, 'services is a list; expected an object of services'],
    [{ services: { a: [] } }, 'services.a is a list; expected an object'],
    [{ services: { a: 'https://x.example' } }, 'services.a is "https://x.example"; expected an object'],
    [{ serivces: {} }, /unknown option "serivces"; did you mean "services"\?$/],
    [{ env: 'x' }, 'env is "x"; expected an object of variables, each of them text'],
    [
      { env: { CACHE_TTL_A_HOURS: 6 } },
      'env is an object; expected an object of variables, each of them text',
    ],
    [{ clock: {} }, 'clock is an object; expected an object with nowMs, monotonicMs and setTimer'],
    [{ clock: { nowMs: 1, monotonicMs: 1, setTimer: 1 } }, /clock is an object/],
  ] as [unknown, string | RegExp][])('%j is refused', (options, expected) => {
    const message = refusal(options)
    if (typeof expected === 'string') expect(message).toBe(`createCachette: ${expected}`)
    else expect(message).toMatch(expected)
  })

  it.each([[[]], ['x'], [5], [true], [new Map()]])('is not found in %j at all', (options) => {
    expect(refusal(options)).toMatch(/^createCachette is .*; expected an object$/)
  })

  it('is left at its default where it is undefined', () => {
    const options = { memory: undefined, store: undefined, clock: undefined, services: undefined, env: {} }
    const config = resolveConfig({ options, profiles: [], from: 'code', root: 'createCachette' })
    expect(config.memory).toEqual({ maxBytes: 64 * 1024 ** 2, maxEntries: 100_000 })
    expect(config.stores).toEqual([{ type: 'memory' }])
  })

  it.each(WRONG.filter((value) => !isText(value)))('memory bounds are never %j', (value) => {
    expect(refusal({ memory: { maxBytes: value } })).toContain('createCachette: memory.maxBytes is ')
  })
})
