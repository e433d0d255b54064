import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../model/header-list.js'
import { classifyBooks } from './books/classify.js'
import { classifySpotify } from './spotify/classify.js'
import { classifyTmdb } from './tmdb/classify.js'

const RECORDED = fileURLToPath(new URL('../../../shared/recorded', import.meta.url))
const JSON_HEADERS: HeaderList = [['Content-Type', 'application/json;charset=utf-8']]
const HTML_HEADERS: HeaderList = [['content-type', 'text/html; charset=utf-8']]

describe('TMDB', () => {
  it.each([
    [429, 25, 'quota'],
    [401, 3, 'auth'],
    [401, 7, 'auth'],
    [401, 10, 'auth'],
    [200, 7, 'auth'],
    [200, 21, 'permanent'],
    [400, 22, 'permanent'],
    [422, 20, 'permanent'],
    [400, 27, 'permanent'],
    [500, 44, 'permanent'],
    [500, 11, 'transient'],
    [504, 24, 'transient'],
    [502, 43, 'transient'],
    [503, 46, 'transient'],
    [404, 34, undefined],
    [404, 6, undefined],
    [201, 1, undefined],
    [400, 9999, undefined],
  ])('status %i with code %i is %s', (status, code, expected) => {
    const json = { success: false, status_code: code, status_message: 'said so' }
    expect(classifyTmdb({ status, headers: JSON_HEADERS, json })).toBe(expected)
  })

  it('leaves what says no code to the status', () => {
    expect(classifyTmdb({ status: 200, headers: JSON_HEADERS, json: { id: 550 } })).toBeUndefined()
    expect(classifyTmdb({ status: 200, headers: JSON_HEADERS, json: null })).toBeUndefined()
    expect(classifyTmdb({ status: 502, headers: HTML_HEADERS, json: undefined })).toBeUndefined()
  })
})

describe('Spotify', () => {
  it.each([
    [401, { error: { status: 401, message: 'The access token expired' } }, 'auth'],
    [403, { error: { status: 403, message: 'Forbidden' } }, 'auth'],
    [429, undefined, 'quota'],
    [429, null, 'quota'],
    [429, { error: { status: 429, message: 'API rate limit exceeded' } }, 'quota'],
    [400, { error: { status: 400, message: 'invalid id' } }, 'permanent'],
    [502, undefined, 'transient'],
    [200, { error: { status: 503, message: 'Service unavailable' } }, 'transient'],
    [200, { tracks: { items: [] } }, undefined],
    [404, { error: { status: 404, message: 'Resource not found' } }, undefined],
    [410, undefined, undefined],
    [304, undefined, undefined],
  ])('status %i with %j is %s', (status, json, expected) => {
    expect(classifySpotify({ status, headers: [['content-type', 'text/plain']], json })).toBe(expected)
  })
})

describe('Google Books', () => {
  it.each([
    [429, 'rateLimitExceeded', 'quota'],
    [403, 'dailyLimitExceeded', 'quota'],
    [403, 'userRateLimitExceeded', 'quota'],
    [403, 'dailyLimitExceededUnreg', 'quota'],
    [403, 'quotaExceeded', 'quota'],
    [400, 'rateLimitExceeded', 'quota'],
    [400, 'keyInvalid', 'auth'],
    [403, 'accessNotConfigured', 'auth'],
    [403, 'unknownLocation', 'permanent'],
    [400, 'queryRequired', 'permanent'],
    [503, 'backendFailed', 'transient'],
    [500, 'backendError', 'transient'],
    [404, 'notFound', undefined],
  ])('status %i with reason %s is %s', (status, reason, expected) => {
    const json = { error: { errors: [{ domain: 'global', reason, message: 'said so' }], code: status } }
    expect(classifyBooks({ status, headers: JSON_HEADERS, json })).toBe(expected)
  })

  it('goes by the status word where no reason is given', () => {
    const facts = { status: 400, headers: JSON_HEADERS }
    expect(classifyBooks({ ...facts, json: { error: { status: 'RESOURCE_EXHAUSTED' } } })).toBe('quota')
    expect(classifyBooks({ ...facts, json: { error: { status: 'UNAVAILABLE' } } })).toBe('transient')
  })

  it('takes an invalid key for what its details say, not for the bad request it is filed under', () => {
    const json = {
      error: {
        code: 400,
        errors: [{ domain: 'global', reason: 'badRequest', message: 'API key not valid.' }],
        status: 'INVALID_ARGUMENT',
        details: [{ reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
      },
    }
    expect(classifyBooks({ status: 400, headers: JSON_HEADERS, json })).toBe('auth')
  })

  it('tells today`s quota error by its details, its reason and its status alike', () => {
    const json = {
      error: {
        code: 429,
        errors: [{ domain: 'global', reason: 'rateLimitExceeded' }],
        status: 'RESOURCE_EXHAUSTED',
        details: [{ reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_unit: '1/d/{project}' } }],
      },
    }
    expect(classifyBooks({ status: 429, headers: JSON_HEADERS, json })).toBe('quota')
  })

  it.each([undefined, null, 'text', [], { error: 'text' }, { error: { errors: {} } }, { items: [] }])(
    'leaves %j to the status',
    (json) => {
      expect(classifyBooks({ status: 200, headers: JSON_HEADERS, json })).toBeUndefined()
    },
  )
})

describe('a web page in place of an answer', () => {
  it.each([classifyTmdb, classifySpotify, classifyBooks])('is a transient failure to %o', (classify) => {
    expect(classify({ status: 200, headers: HTML_HEADERS, json: undefined })).toBe('transient')
    expect(classify({ status: 200, headers: JSON_HEADERS, json: undefined })).toBeUndefined()
  })
})

describe('recorded errors', () => {
  it.runIf(existsSync(RECORDED)).each([
    [classifySpotify, 401, 'spotify/album_find_5bU1XKYxHhEwukllT20xtk__401.json', 'auth'],
    [classifySpotify, 401, 'spotify/playlist_find_by_id_37i9dQZF1DX1R3yDogYrbo__401.json', 'auth'],
    [classifyBooks, 403, 'google-books/umlaut_adds_abstract__403.json', 'permanent'],
  ] as const)('are judged by %o: %i in %s is %s', (classify, status, file, expected) => {
    const json: unknown = JSON.parse(readFileSync(`${RECORDED}/${file}`, 'utf8'))
    expect(classify({ status, headers: JSON_HEADERS, json })).toBe(expected)
  })
})
