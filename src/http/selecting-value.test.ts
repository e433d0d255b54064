import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectingValue } from './selecting-value.js'

const valueOf = (name: string, ...values: string[]): string | undefined =>
  selectingValue(
    values.map((value) => [name, value] as const),
    name.toLowerCase(),
  )

describe('a selecting header', () => {
  it('that is absent is not one that is empty', () => {
    expect(valueOf('Foo')).toBeUndefined()
    expect(valueOf('Foo', '')).toBe('')
  })

  it.each([
    [['1, 2'], ['1', '2']],
    [['1,2'], [' 1, 2 ']],
    [['1,2'], ['1 ,\t2']],
    [['a b'], [' a b ']],
  ])('as %j is the same as %j', (one, other) => {
    expect(valueOf('Foo', ...one)).toBe(valueOf('Foo', ...other))
  })

  it.each([
    [['1, 2'], ['2, 1']],
    [['a'], ['A']],
    [['1, 2'], ['12']],
    [['1, 2'], ['1,, 2']],
    [['"a , b"'], ['"a,b"']],
    [['en, de'], ['de, en']],
  ])('as %j is not the same as %j', (one, other) => {
    expect(valueOf('Foo', ...one)).not.toBe(valueOf('Foo', ...other))
  })
})

describe('Accept-Language', () => {
  it.each([
    ['en, de', 'de, en'],
    ['en, de', 'eN, De'],
    ['en, de', ' en ,   de'],
    ['en, de', 'en;q=1.0,de;q=1'],
    ['en;q=0.5, de', 'de,en ; q=0.50'],
    ['en, *;q=0.1', '*;q=0.1, en'],
    ['en, de,', 'de, en'],
  ])('as %j is the same as %j', (one, other) => {
    expect(valueOf('Accept-Language', one)).toBe(valueOf('Accept-Language', other))
  })

  it.each([
    ['en, de', 'en'],
    ['en, de', 'en, de;q=0.5'],
    ['en;q=0.5, de', 'en, de;q=0.5'],
    ['en-GB', 'en'],
    ['en, de;x=1', 'de;x=1, en'],
    ['en;q=0', 'en'],
  ])('as %j is not the same as %j', (one, other) => {
    expect(valueOf('Accept-Language', one)).not.toBe(valueOf('Accept-Language', other))
  })

  it('in one spelling stays as it is', () => {
    const language = fc.constantFrom(
      'en',
      'DE',
      'fr-CA',
      '*',
      'zh-Hant;q=0.3',
      'it ;q=0.05',
      'x;y',
      'q=1',
      '',
    )
    fc.assert(
      fc.property(fc.array(language), (languages) => {
        const once = valueOf('Accept-Language', languages.join(', '))!
        expect(valueOf('Accept-Language', once)).toBe(once)
      }),
    )
  })
})
