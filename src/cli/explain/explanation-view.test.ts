import { describe, expect, it } from 'vitest'
import { policyValue } from './explanation-view.js'

describe('policyValue', () => {
  it.each([
    ['ttl', 21_600_000, '6 h'],
    ['ttl', 0, '0 ms'],
    ['maxTtl', 'none', 'none'],
    ['staleIfError', Infinity, 'none'],
    ['maxBodyBytes', 16 * 1024 ** 2, '16 MB'],
    ['ignoreNoStore', false, 'false'],
    ['identity', 'shared', 'shared'],
    ['headers', {}, 'none'],
    ['headers', { Accept: 'application/json' }, 'Accept: application/json'],
    ['key', { ignoreParams: [], body: false }, 'none'],
    ['key', { ignoreParams: ['a', 'b'], passThrough: [], body: true }, 'ignoreParams: a, b; body: true'],
  ])('%s %j is %s', (name, value, text) => expect(policyValue(name, value)).toBe(text))
})
