import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../test/helpers/fake-clock.js'
import { createMemoryCells } from '../memory-cells.js'
import { readKeptSecret } from './kept-secret.js'

const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index)
const away = (): Promise<Uint8Array> => Promise.reject(new Error('away'))

describe('the secret of the store behind', () => {
  it('is kept in the front, for when that store is away', async () => {
    const front = { cells: createMemoryCells(createFakeClock()) }
    await expect(readKeptSecret({ front, secretOfBack: away })).rejects.toThrow('away')
    expect(await readKeptSecret({ front, secretOfBack: () => Promise.resolve(SECRET) })).toEqual(SECRET)
    expect(await readKeptSecret({ front, secretOfBack: away })).toEqual(SECRET)
  })

  it('is taken from there however the copy fares', async () => {
    const failing = {
      ...createMemoryCells(createFakeClock()),
      update: () => Promise.reject(new Error('full')),
    }
    const front = { cells: failing }
    expect(await readKeptSecret({ front, secretOfBack: () => Promise.resolve(SECRET) })).toEqual(SECRET)
  })
})
