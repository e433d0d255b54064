import { describe, expect, it } from 'vitest'
import { keepAlive } from './keep-alive.js'

/** The timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

describe('a process that is kept alive', () => {
  it('is held until it was released as often as it was held, and can be held again', () => {
    const before = timers()
    keepAlive.hold()
    keepAlive.hold()
    expect(timers()).toBe(before + 1)
    keepAlive.release()
    expect(timers()).toBe(before + 1)
    keepAlive.release()
    expect(timers()).toBe(before)
    keepAlive.hold()
    expect(timers()).toBe(before + 1)
    keepAlive.release()
    expect(timers()).toBe(before)
  })
})
