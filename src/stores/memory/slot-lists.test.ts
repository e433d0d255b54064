import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_SLOT, SlotLists } from './slot-lists.js'

const LISTS = 3
const SLOTS = 8

describe('slot lists', () => {
  it('know their ends whatever is pushed and unlinked', () => {
    const step = fc.record({ slot: fc.nat(SLOTS - 1), list: fc.nat(LISTS - 1) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lists = new SlotLists(LISTS, SLOTS)
        const model: number[][] = [[], [], []]
        for (const { slot, list } of steps) {
          const held = model.findIndex((slots) => slots.includes(slot))
          if (held >= 0) {
            lists.unlink(held, slot)
            model[held] = model[held]!.filter((other) => other !== slot)
          } else {
            lists.push(list, slot)
            model[list]!.push(slot)
          }
          model.forEach((slots, index) => {
            expect([lists.oldest(index), lists.newest(index)]).toEqual([
              slots[0] ?? NO_SLOT,
              slots.at(-1) ?? NO_SLOT,
            ])
          })
        }
      }),
    )
  })

  it('keep what they hold as they grow', () => {
    const lists = new SlotLists(1, 2)
    lists.push(0, 1)
    lists.growTo(4)
    lists.push(0, 3)
    lists.unlink(0, 1)
    expect([lists.oldest(0), lists.newest(0)]).toEqual([3, 3])
  })
})
