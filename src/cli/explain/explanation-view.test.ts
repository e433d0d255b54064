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
    ['softTimeout', 800, '800 ms'],
    ['eagerRefresh', false, 'false'],
    ['jitter', 0.1, '0.1'],
    ['retry', { attempts: 3 }, 'attempts: 3'],
    ['breaker', { failures: 5, openFor: 10_000 }, 'failures: 5; openFor: 10 s'],
    ['quota', [], 'none'],
    ['quota', ['40/1s', '1000/1d'], '40/1s, 1000/1d'],
    ['key', { ignoreParams: ['a', 'b'], passThrough: [], body: true }, 'ignoreParams: a, b; body: true'],
  ])('%s %j is %s', (name, value, text) => expect(policyValue(name, value)).toBe(text))
})
