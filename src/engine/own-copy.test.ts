import { describe, expect, it } from 'vitest'
import type { CacheRequest } from '../model/cache-request.js'
import { ownCopy } from './own-copy.js'

const BARE: CacheRequest = {
  door: 'fetch',
  service: 'other',
  method: 'POST',
  url: 'https://api.example.com/',
  options: {},
  transport: () => Promise.reject(new Error('not asked')),
}

describe('a copy of a request', () => {
  it('is no other request', () => {
    const request = { ...BARE, params: { a: 1, b: ['x', 2], c: null }, headers: { accept: 'x' } }
    expect(ownCopy(request)).toEqual({ ...request, body: undefined })
  })

  it('stays what it was, whatever the caller does to what was given', () => {
    const params = { list: ['a'], one: 'b' }
    const headers: Record<string, string> = { accept: 'x' }
    const body = new Uint8Array([1, 2])
    const copy = ownCopy({ ...BARE, params, headers, body })
    params.list.push('z')
    params.one = 'z'
    headers.accept = 'z'
    body.fill(9)
    expect(copy).toMatchObject({ params: { list: ['a'], one: 'b' }, headers: { accept: 'x' } })
    expect(copy.body).toEqual(new Uint8Array([1, 2]))
  })

  it('keeps the order of a list of headers, and repeated names', () => {
    const headers: (readonly [string, string])[] = [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ]
    const copy = ownCopy({ ...BARE, headers })
    headers.pop()
    expect(copy.headers).toEqual([
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ])
  })

  it('leaves a body that comes as a stream what it is', () => {
    const body = (async function* () {
      yield new Uint8Array([1])
    })()
    expect(ownCopy({ ...BARE, body }).body).toBe(body)
  })
})
