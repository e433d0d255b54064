import { describe, expect, it } from 'vitest'
import { isCredentialHeader, isCredentialParam } from './credential-names.js'
import { isTrackingParam, isUnkeyedHeader } from './ignored-names.js'

describe('a header', () => {
  it.each([
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'X-API-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Auth-Token',
    'authtoken',
    'AccountKey',
    'x-appkey',
    'DPoP',
    'X-JWT-Assertion',
    'X-Auth-User',
    'X-Auth-Token-V2',
    'X-Access-Key-Id',
    'X-Amz-Security-Token',
    'X-Session-Id',
    'X-Client-Secret',
    'apikey',
  ])('%s carries a credential', (name) => {
    expect(isCredentialHeader(name)).toBe(true)
  })

  it.each(['Accept', 'X-Page-Token', 'X-Author', 'Keyword', 'X-Monkey', 'Accept-Language'])(
    '%s carries none',
    (name) => {
      expect(isCredentialHeader(name)).toBe(false)
    },
  )

  it.each(['user-agent', 'traceparent', 'x-b3-traceid', 'x-datadog-trace-id', 'priority'])(
    '%s cannot change a response',
    (name) => {
      expect(isUnkeyedHeader(name)).toBe(true)
    },
  )

  it.each(['accept', 'accept-language', 'host', 'origin', 'x-b', 'x-forwarded-for'])(
    '%s can change a response',
    (name) => {
      expect(isUnkeyedHeader(name)).toBe(false)
    },
  )
})

describe('a parameter', () => {
  it.each([
    'api_key',
    'apikey',
    'apiKey',
    'API_KEY',
    'key',
    'token',
    'access_token',
    'accessToken',
    'refresh_token',
    'session_id',
    'sessionId',
    'client_secret',
    'clientSecret',
    'password',
    'X-Amz-Signature',
    'X-Amz-Credential',
    'jwt',
  ])('%s carries a credential', (name) => {
    expect(isCredentialParam(name, [])).toBe(true)
  })

  it.each(['q', 'page', 'pageToken', 'next_page_token', 'syncToken', 'sort_key', 'keyword', 'author', 'id'])(
    '%s carries none',
    (name) => {
      expect(isCredentialParam(name, [])).toBe(false)
    },
  )

  it("carries one on the operator's word, in the case given", () => {
    expect(isCredentialParam('pin', ['pin'])).toBe(true)
    expect(isCredentialParam('PIN', ['pin'])).toBe(false)
  })

  it.each(['utm_source', 'utm_id', 'GCLID', 'fbclid', 'msclkid', '_ga', 'mc_eid'])(
    '%s tracks and changes nothing',
    (name) => {
      expect(isTrackingParam(name)).toBe(true)
    },
  )

  it.each(['utm', 'utm_', 'xutm_source', 'gclid2', 'q', 'ref', 'source'])('%s may mean something', (name) => {
    expect(isTrackingParam(name)).toBe(false)
  })
})
