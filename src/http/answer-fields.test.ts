import { describe, expect, it } from 'vitest'
import type { CacheAnswer } from '../model/cache-answer.js'
import { EntryBody } from '../model/entry-body.js'
import { answerFields } from './answer-fields.js'

function answer(parts: Partial<CacheAnswer>): CacheAnswer {
  return {
    status: 200,
    headers: [],
    body: new EntryBody(Buffer.from('12345')),
    outcome: 'hit',
    because: 'fresh',
    ageMs: 0,
    ttlMs: 60_000,
    tier: 'memory',
    url: 'http://a.test/',
    attempts: 0,
    key: 'k',
    isStored: true,
    originStatus: undefined,
    redirectedTo: undefined,
    ...parts,
  }
}

function fields(parts: Partial<CacheAnswer>, hasBody = true): [string, string][] {
  return answerFields(answer(parts), hasBody).filter(([name]) => name !== 'cache-status') as [
    string,
    string,
  ][]
}

describe('the fields of an answer', () => {
  it('have an age in whole seconds instead of the origin’s where it came out of the store', () => {
    expect(fields({ headers: [['Age', '7']], ageMs: 61_999 })).toContainEqual(['age', '61'])
    expect(fields({ headers: [['Age', '7']], ageMs: 61_999 })).not.toContainEqual(['Age', '7'])
  })

  it('leave the origin’s age where the answer is the origin’s', () => {
    const parts = { headers: [['Age', '7']] as const, tier: 'origin', outcome: 'miss' } as const
    expect(fields(parts)).toEqual([
      ['Age', '7'],
      ['content-length', '5'],
    ])
  })

  it.each<[string, [string, string][], [string, string][]]>([
    ['is added', [], [['content-length', '5']]],
    ['is kept where it is right', [['Content-Length', '5']], [['Content-Length', '5']]],
    ['is put right', [['Content-Length', '9']], [['content-length', '5']]],
    [
      'is the coded one where the body is coded',
      [
        ['Content-Length', '9'],
        ['Content-Encoding', 'gzip'],
      ],
      [
        ['Content-Length', '9'],
        ['Content-Encoding', 'gzip'],
      ],
    ],
  ])('have a length that %s', (_what, headers, expected) => {
    expect(fields({ headers, tier: 'origin', outcome: 'miss' })).toEqual(expected)
  })

  it('say of a body that is not there what the origin said', () => {
    const parts = { headers: [['Content-Length', '9']] as const, tier: 'origin', outcome: 'miss' } as const
    expect(fields(parts, false)).toEqual([['Content-Length', '9']])
  })

  it('end with what this cache did, behind caches nearer to the origin', () => {
    const all = answerFields(answer({ headers: [['Cache-Status', 'edge; hit']] }), true)
    const statuses = all.filter(([name]) => name.toLowerCase() === 'cache-status')
    expect(statuses[0]).toEqual(['Cache-Status', 'edge; hit'])
    expect(statuses[1]?.[1]).toMatch(/hit/)
    expect(all.at(-1)).toBe(statuses[1])
  })
})
