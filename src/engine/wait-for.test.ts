import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { waitFor } from './wait-for.js'

interface Work {
  readonly promise: Promise<string>
  resolve(result: string): void
  reject(error: Error): void
}

function work(): Work {
  let settle: Omit<Work, 'promise'> | undefined
  const promise = new Promise<string>((resolve, reject) => (settle = { resolve, reject }))
  return { promise, resolve: (result) => settle?.resolve(result), reject: (error) => settle?.reject(error) }
}

const late = (): Error => new Error('late')
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('one who waits', () => {
  it('gets the very promise of the work where nothing bounds the wait', () => {
    const { promise } = work()
    expect(waitFor(promise, { signal: undefined, deadline: undefined, clock: createFakeClock() })).toBe(
      promise,
    )
  })

  it('gets the result, and later events change nothing', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const { promise, resolve } = work()
    const waiting = waitFor(promise, {
      signal: controller.signal,
      deadline: { inMs: 10, error: late },
      clock,
    })
    resolve('done')
    await turn()
    clock.advance(10)
    controller.abort()
    expect(await waiting).toBe('done')
  })

  it('waits on where there is no error when the time is over', async () => {
    const clock = createFakeClock()
    const { promise, resolve } = work()
    const deadline = { inMs: 10, error: () => undefined }
    const waiting = waitFor(promise, { signal: undefined, deadline, clock })
    clock.advance(10)
    await turn()
    resolve('done')
    expect(await waiting).toBe('done')
  })

  it('gets the error of the work', async () => {
    const { promise, reject } = work()
    const { signal } = new AbortController()
    const waiting = waitFor(promise, { signal, deadline: undefined, clock: createFakeClock() })
    reject(new Error('broken'))
    await expect(waiting).rejects.toThrow('broken')
  })

  it('leaves at the deadline, to the millisecond', async () => {
    const clock = createFakeClock()
    let isLate = false
    const waiting = waitFor(work().promise, { signal: undefined, deadline: { inMs: 10, error: late }, clock })
    waiting.catch(() => (isLate = true))
    clock.advance(9)
    await turn()
    expect(isLate).toBe(false)
    clock.advance(1)
    await expect(waiting).rejects.toThrow('late')
  })

  it.each([
    ['before', true],
    ['while', false],
  ])("leaves with the signal's reason, aborted %s waiting", async (_, isBefore) => {
    const controller = new AbortController()
    const reason = { why: 'the user left' }
    if (isBefore) controller.abort(reason)
    const { signal } = controller
    const waiting = waitFor(work().promise, { signal, deadline: undefined, clock: createFakeClock() })
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('leaves the work to the others', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const { promise, resolve } = work()
    const leaving = waitFor(promise, { signal: controller.signal, deadline: undefined, clock })
    const staying = waitFor(promise, { signal: undefined, deadline: { inMs: 10, error: late }, clock })
    controller.abort()
    await expect(leaving).rejects.toThrow()
    resolve('done')
    expect(await staying).toBe('done')
  })

  it.each([
    ['before', true],
    ['while', false],
  ])('who left, aborted %s waiting, is no cause of an unhandled rejection', async (_, isBefore) => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', note)
    const controller = new AbortController()
    if (isBefore) controller.abort()
    const { promise, reject } = work()
    const { signal } = controller
    const waiting = waitFor(promise, { signal, deadline: undefined, clock: createFakeClock() })
    controller.abort()
    await expect(waiting).rejects.toThrow()
    reject(new Error('broken, later'))
    await turn()
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
    expect(unhandled).toEqual([])
  })

  it('leaves no timer and no listener behind', async () => {
    const clock = createFakeClock()
    let timers = 0
    const counting = {
      ...clock,
      setTimer: (callback: () => void, delayMs: number) => {
        timers += 1
        const cancel = clock.setTimer(callback, delayMs)
        return () => {
          timers -= 1
          cancel()
        }
      },
    }
    const controller = new AbortController()
    const { promise, resolve } = work()
    const deadline = { inMs: 10, error: late }
    const waiting = waitFor(promise, { signal: controller.signal, deadline, clock: counting })
    expect(timers).toBe(1)
    resolve('done')
    await waiting
    expect(timers).toBe(0)
    const aborted = once(controller.signal, 'abort')
    controller.abort()
    await aborted
    expect(await waiting).toBe('done')
  })
})
