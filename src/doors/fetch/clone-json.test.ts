import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloneJson } from './clone-json.js'

describe('a copy of parsed JSON', () => {
  it('is equal to it, names and their order included, and shares nothing with it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text)
        expect(JSON.stringify(cloneJson(value))).toBe(JSON.stringify(value))
        expect(cloneJson(value)).toStrictEqual(value)
      }),
    )
  })

  it('may be changed in depth where the original is frozen', () => {
    const original = Object.freeze({ list: Object.freeze([Object.freeze({ name: 'a' })]) })
    const copy = cloneJson(original) as { list: { name: string }[] }
    copy.list[0]!.name = 'b'
    copy.list.push({ name: 'c' })
    expect(original).toEqual({ list: [{ name: 'a' }] })
  })

  it('keeps a member called __proto__ a member', () => {
    const copy = cloneJson(JSON.parse('{"__proto__":{"isAdmin":true}}')) as { isAdmin?: boolean }
    expect(copy.isAdmin).toBeUndefined()
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"isAdmin":true}}')
  })
})
