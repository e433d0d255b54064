import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe("the system's clock", () => {
  it('calls back once, unless it is cancelled', async () => {
    const called: string[] = []
    const cancel = systemClock.setTimer(() => called.push('cancelled'), 0)
    cancel()
    await new Promise<void>((resolve) => {
      systemClock.setTimer(() => (called.push('called'), resolve()), 0)
    })
    expect(called).toEqual(['called'])
  })

  it('does not call back at once where the delay is more than timers can hold', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    const cancel = systemClock.setTimer(() => undefined, 30 * 86_400_000)
    await turn()
    cancel()
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('has a monotonic time that never goes back', () => {
    const first = systemClock.monotonicMs()
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first)
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000)
  })
})
