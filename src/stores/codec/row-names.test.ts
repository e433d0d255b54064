import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRowNames } from './row-names.js'

describe('row names', () => {
  it('stand as they are where the store is not encrypted', () => {
    const names = createRowNames()
    expect([names.isHidden, names.of('quota:tmdb').toString()]).toEqual([false, 'quota:tmdb'])
    expect(names.digest('service tmdb').length).toBe(16)
  })

  it('are the same for all who have the secret, and cannot be guessed without it', () => {
    const secret = randomBytes(32)
    const [names, same, other] = [
      createRowNames(secret),
      createRowNames(secret),
      createRowNames(randomBytes(32)),
    ]
    expect([names.isHidden, names.of('quota:tmdb').length]).toEqual([true, 16])
    expect(names.of('quota:tmdb')).toEqual(same.of('quota:tmdb'))
    expect(names.digest('quota:tmdb')).not.toEqual(other.digest('quota:tmdb'))
    expect(names.digest('quota:tmdb')).not.toEqual(createRowNames().digest('quota:tmdb'))
    expect(names.of('quota:tmdb')).not.toEqual(names.of('quota:spotify'))
  })
})
