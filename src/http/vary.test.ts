import { describe, expect, it } from 'vitest'
import { varyNames } from './vary.js'

describe('Vary', () => {
  it.each([
    [[], []],
    [[''], []],
    [['Foo'], ['foo']],
    [['Foo, bar,FOO'], ['bar', 'foo']],
    [
      ['b', 'A'],
      ['a', 'b'],
    ],
    [[', ,'], []],
    [['*'], '*'],
    [['*, *'], '*'],
    [['*', '*'], '*'],
    [[', *'], '*'],
    [['', '*'], '*'],
    [['*, Foo'], '*'],
    [['Foo, *'], '*'],
    [['Foo,*,'], '*'],
    [['Foo*'], ['foo*']],
  ])('%j', (values, expected) => {
    expect(varyNames(values.map((value) => ['Vary', value] as const))).toEqual(expected)
  })
})
