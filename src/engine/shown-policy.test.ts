import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { policyWith } from '../../test/helpers/policy.js'
import { shownPolicy } from './shown-policy.js'

const schema: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'zod', validate: (value) => ({ value }) },
}
const daily = {
  name: '1000/1d',
  limit: 1_000,
  perMs: 86_400_000,
  resetsAt: '00:00',
  timeZone: 'America/Los_Angeles',
}

describe('a policy', () => {
  it.each([
    ['ttl', { ttlMs: 5 }, 5],
    ['maxTtl', {}, 'none'],
    ['softTimeout', {}, 'none'],
    ['softTimeout', { softTimeoutMs: 800 }, 800],
    ['eagerRefresh', {}, false],
    ['eagerRefresh', { eagerRefreshFrom: 0.8 }, 0.8],
    ['jitter', { jitter: 0.1 }, 0.1],
    ['retry', { retryAttempts: 2 }, { attempts: 2 }],
    ['breaker', { breaker: undefined }, false],
    ['breaker', { breaker: { failures: 5, openForMs: 10_000 } }, { failures: 5, openFor: 10_000 }],
    ['quota', {}, []],
    ['quota', { quotas: [daily] }, ['1000/1d from 00:00 America/Los_Angeles']],
    ['rateLimit', { rateLimits: [{ ...daily, resetsAt: undefined }] }, ['1000/1d']],
    ['limitsPer', { limitsPer: 'identity' }, 'identity'],
    ['validate', {}, 'none'],
    ['validate', { validate: schema }, 'a schema of zod'],
    [
      'headers',
      { headers: { Authorization: 'Bearer s3cret', Accept: 'a/b' } },
      { Authorization: 'REDACTED', Accept: 'a/b' },
    ],
    ['params', { params: { api_key: 's3cret', page: '1' } }, { api_key: 'REDACTED', page: '1' }],
    ['params', { params: { mine: 's3cret' }, key: { credentialParams: ['mine'] } }, { mine: 'REDACTED' }],
  ] as [string, Parameters<typeof policyWith>[0], unknown][])('shows %s of %j', (option, changes, value) => {
    expect(shownPolicy(policyWith(changes))[option]).toEqual({ value, from: 'default' })
  })

  it('shows where each value came from', () => {
    const policy = policyWith({ sources: { quota: 'service (code)' } })
    expect(shownPolicy(policy)['quota']?.from).toBe('service (code)')
  })
})
