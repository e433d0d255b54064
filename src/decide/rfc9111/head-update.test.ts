import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../../model/header-list.js'
import { headUpdate } from './head-update.js'

const STORED: HeaderList = [
  ['ETag', '"a"'],
  ['Content-Length', '10'],
  ['Template-A', '1'],
]

function updated(headers: HeaderList, head = 200, stored = 200): unknown {
  return headUpdate({ stored: { status: stored, headers: STORED }, head: { status: head, headers } })
}

describe('the answer to a HEAD', () => {
  it('that agrees with what is stored updates its fields', () => {
    const headers: HeaderList = [
      ['etag', '"a"'],
      ['content-length', '10'],
      ['Template-A', '2'],
      ['Cache-Control', 'max-age=1000'],
    ]
    expect(updated(headers)).toEqual({
      kind: 'same',
      headers: [
        ['Content-Length', '10'],
        ['etag', '"a"'],
        ['Template-A', '2'],
        ['Cache-Control', 'max-age=1000'],
      ],
    })
  })

  it.each([
    [[['ETag', '"b"']]],
    [[['Content-Length', '11']]],
    [[['Last-Modified', 'Thu, 15 Jan 2026 11:00:00 GMT']]],
  ] satisfies [HeaderList][])('that says %j is of another version', (headers) => {
    expect(updated(headers)).toEqual({ kind: 'differs' })
  })

  it('that names nothing to compare by says nothing of it', () => {
    expect(updated([['Template-A', '2']])).toMatchObject({ kind: 'unrelated' })
  })

  it.each([
    [404, 200],
    [304, 200],
    [200, 404],
    [200, 206],
  ])('of status %i says nothing of a stored %i', (head, stored) => {
    expect(updated([], head, stored)).toEqual({ kind: 'unrelated' })
  })
})
