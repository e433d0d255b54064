import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CacheRequest } from '../model/cache-request.js'
import { createCallMemo } from './call-memo.js'

function request(changes: Partial<CacheRequest> = {}): CacheRequest {
  return {
    door: 'service',
    service: 'my_service',
    method: 'GET',
    url: 'https://api.example.com/data',
    options: {},
    transport: () => Promise.reject(new Error('not sent')),
    ...changes,
  }
}

describe('the memo of calls', () => {
  it('finds a call by its parts, not by its objects', () => {
    const memo = createCallMemo<number>(1e6)
    memo.set(request({ params: { a: 1, b: ['x', 'y'] }, headers: { accept: 'text/plain' } }), 7)
    expect(memo.get(request({ params: { a: 1, b: ['x', 'y'] }, headers: { accept: 'text/plain' } }))).toBe(7)
  })

  it.each<[string, Partial<CacheRequest>]>([
    ['service', { service: 'other_service' }],
    ['URL', { url: 'https://api.example.com/more' }],
    ['method', { method: 'HEAD' }],
    ['TTL', { options: { ttlMs: 5 } }],
    ['a parameter', { params: { a: 2 } }],
    ['another parameter', { params: { a: 1, b: 2 } }],
    ['no parameter', { params: {} }],
    ['a header', { params: { a: 1 }, headers: { a: '1' } }],
    ['a header instead of a parameter', { headers: { a: '1' } }],
  ])('tells calls apart by %s', (_, changes) => {
    const memo = createCallMemo<number>(1e6)
    memo.set(request({ params: { a: 1 } }), 7)
    expect(memo.get(request({ params: { a: 1 }, ...changes }))).toBeUndefined()
  })

  it('leaves null and undefined parameters out, as the request does', () => {
    const memo = createCallMemo<number>(1e6)
    memo.set(request({ params: { a: 1, b: null } }), 7)
    expect(memo.get(request({ params: { a: 1, c: undefined } }))).toBe(7)
  })

  it('remembers no call with a body', () => {
    const memo = createCallMemo<number>(1e6)
    memo.set(request({ body: new Uint8Array(1) }), 7)
    expect(memo.get(request({ body: new Uint8Array(1) }))).toBeUndefined()
    expect(memo.get(request())).toBeUndefined()
  })

  it('never gives one call the value of another', () => {
    const text = fc.string({ maxLength: 4 })
    const value = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.array(text, { maxLength: 2 }))
    const call = fc.record(
      {
        params: fc.dictionary(text, value, { maxKeys: 3 }),
        headers: fc.dictionary(text, text, { maxKeys: 3 }),
      },
      { requiredKeys: [] },
    )
    const formOf = ({ params = {}, headers }: Pick<CacheRequest, 'params' | 'headers'>): string => {
      const pairs = Object.entries(params).flatMap(([name, item]) =>
        (Array.isArray(item) ? item : [item]).map((one) => [name, one] as const),
      )
      return JSON.stringify([pairs, Object.entries(headers ?? {})])
    }
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
        const memo = createCallMemo<string>(1e9)
        for (const parts of calls) memo.set(request(parts), formOf(parts))
        for (const parts of calls) expect(memo.get(request(parts))).toBe(formOf(parts))
      }),
    )
  })

  it('forgets what was not asked for during a generation, and keeps what was', () => {
    const memo = createCallMemo<number>(200_000)
    memo.set(request(), 1)
    memo.set(request({ url: 'https://api.example.com/unasked' }), 2)
    for (let index = 0; index < 2_000; index += 1) {
      memo.set(request({ url: `https://api.example.com/${index}` }), index)
      expect(memo.get(request())).toBe(1)
    }
    expect(memo.get(request({ url: 'https://api.example.com/unasked' }))).toBeUndefined()
    expect(memo.get(request({ url: 'https://api.example.com/1999' }))).toBe(1_999)
  })
})
