import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EntityTag, entityTagOf, entityTagsOf, matchesStrongly, matchesWeakly } from './entity-tag.js'

const strong = (opaque: string): EntityTag => ({ isWeak: false, opaque })
const weak = (opaque: string): EntityTag => ({ isWeak: true, opaque })

describe('an entity tag', () => {
  it.each([
    ['"abc"', strong('abc')],
    ['W/"abc"', weak('abc')],
    ['""', strong('')],
    ['"a,b"', strong('a,b')],
    ['"abcdefü"', strong('abcdefü')],
    ['abc', weak('abc')],
    ['w/"abc"', weak('w/"abc"')],
    ['W"abc"', weak('W"abc"')],
    ['"abc', weak('"abc')],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, expected) => {
    expect(entityTagOf(text)).toEqual(expected)
  })

  it('that lists hold is among theirs', () => {
    expect(entityTagsOf('"a", W/"b",, "c,d" ,e')).toEqual([strong('a'), weak('b'), strong('c,d'), weak('e')])
    expect(entityTagsOf(' * ')).toBe('*')
    expect(entityTagsOf('')).toEqual([])
  })
})

describe('two entity tags', () => {
  // https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2
  it.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
    ['1', '"1"', false, true],
    ['1', '1', false, true],
  ])('%s and %s match strongly: %s, weakly: %s', (one, other, isStrong, isWeak) => {
    const [first, second] = [entityTagOf(one)!, entityTagOf(other)!]
    expect([matchesStrongly(first, second), matchesWeakly(first, second)]).toEqual([isStrong, isWeak])
  })

  it('that are well-formed are found again in a list, whatever they hold', () => {
    const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]*$/)
    const tag = fc.record({ isWeak: fc.boolean(), opaque })
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        const text = tags.map((one) => `${one.isWeak ? 'W/' : ''}"${one.opaque}"`).join(', ')
        expect(entityTagsOf(text)).toEqual(tags)
      }),
    )
  })
})
