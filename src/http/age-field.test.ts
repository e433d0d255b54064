import { describe, expect, it } from 'vitest'
import { ageFieldMs } from './age-field.js'

describe('Age', () => {
  it.each([
    [[], 0],
    [['7200'], 7_200_000],
    [['abc'], 0],
    [['-7200'], 0],
    [['7200.0'], 0],
    [['7200;foo=bar'], 0],
    [['7200;foo=111'], 0],
    [['2147483647'], 2_147_483_647_000],
    [['2147483648'], 2_147_483_648_000],
    [['2147483649'], 2_147_483_648_000],
    [['7200, 0'], 7_200_000],
    [['0, 7200'], 0],
    [['7200', '0'], 7_200_000],
    [['0', '7200'], 0],
    [[' 30 '], 30_000],
    [['abc, 30'], 0],
    [[', 30'], 0],
  ])('%j is %i ms', (values, expected) => {
    expect(ageFieldMs(values.map((value) => ['age', value] as const))).toBe(expected)
  })
})
