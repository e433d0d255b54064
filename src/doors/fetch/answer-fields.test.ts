import { describe, expect, it } from 'vitest'
import type { CacheAnswer } from '../../model/cache-answer.js'
import { EntryBody } from '../../model/entry-body.js'
import { answerFields } from './answer-fields.js'

function answer(overrides: Partial<CacheAnswer>): CacheAnswer {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Age', '7'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
    body: new EntryBody(new TextEncoder().encode('{}')),
    outcome: 'hit',
    because: 'fresh',
    ageMs: 12_999,
    ttlMs: 1_000,
    tier: 'memory',
    url: 'https://api.example.com/',
    attempts: 0,
    key: 'k',
    isStored: false,
    originStatus: undefined,
    redirectedTo: undefined,
    ...overrides,
  }
}

const valuesOf = (fields: readonly (readonly [string, string])[], name: string): string[] =>
  fields.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value)

describe('the fields of an answer', () => {
  it('have the age in whole seconds in the place of any other, where it came out of the cache', () => {
    expect(valuesOf(answerFields(answer({}), true), 'age')).toEqual(['12'])
  })

  it("keep the origin's own age where it came from there", () => {
    expect(valuesOf(answerFields(answer({ tier: 'origin', outcome: 'miss' }), true), 'age')).toEqual(['7'])
  })

  it('end with what the cache did, behind what caches before it said', () => {
    const fields = answerFields(answer({ headers: [['Cache-Status', 'cdn; hit']] }), true)
    expect(valuesOf(fields, 'cache-status')[0]).toBe('cdn; hit')
    expect(valuesOf(fields, 'cache-status')).toHaveLength(2)
  })

  it('have one length, that of the decoded body', () => {
    const headers = [['Content-Length', '99']] as const
    expect(valuesOf(answerFields(answer({ headers }), true), 'content-length')).toEqual(['2'])
  })

  it('keep the length where there is no body, and where the body is still coded', () => {
    const headers = [['Content-Length', '99']] as const
    expect(valuesOf(answerFields(answer({ headers }), false), 'content-length')).toEqual(['99'])
    const coded = [...headers, ['Content-Encoding', 'x-odd']] as const
    expect(valuesOf(answerFields(answer({ headers: coded }), true), 'content-length')).toEqual(['99'])
  })

  it('keep repeated ones apart', () => {
    expect(valuesOf(answerFields(answer({}), true), 'set-cookie')).toEqual(['a=1', 'b=2'])
  })
})
