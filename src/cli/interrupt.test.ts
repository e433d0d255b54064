import { describe, expect, it } from 'vitest'
import { createInterrupt } from './interrupt.js'

describe('createInterrupt', () => {
  it('listens from the first reading of the signal until its release', () => {
    const before = process.listenerCount('SIGINT')
    const interrupt = createInterrupt()
    expect(process.listenerCount('SIGINT')).toBe(before)
    const signal = interrupt.signal()
    expect(interrupt.signal()).toBe(signal)
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    process.emit('SIGINT')
    expect([signal.aborted, interrupt.isInterrupted()]).toEqual([true, true])
    interrupt.release()
    expect(process.listenerCount('SIGINT')).toBe(before)
  })
})
