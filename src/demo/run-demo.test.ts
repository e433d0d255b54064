import { describe, expect, it } from 'vitest'
import { createCallCounts, type DemoRequest } from './local-origin.js'
import { mostFrequent, runDemo, type DemoAnswer, type DemoPhase, type DemoPlan } from './run-demo.js'

const request = (service: DemoRequest['service'], path: string): DemoRequest => ({
  service,
  path,
  params: {},
})
const REQUESTS = [
  request('tmdb', '/a'),
  request('tmdb', '/b'),
  request('tmdb', '/b'),
  request('spotify', '/c'),
  request('spotify', '/c'),
  request('books', '/d'),
  request('spotify', '/c'),
]

/** A cache that remembers, over an origin that counts, at 10 ms a call and 1 ms a hit. */
function createWorld(options: { readonly failing?: string } = {}) {
  const counts = createCallCounts()
  const stored = new Set<string>()
  const asked: string[] = []
  let isStopped = false
  let nowMs = 0
  const plan: DemoPlan = {
    origin: {
      calls: counts.calls,
      stop: () => {
        isStopped = true
        return Promise.resolve()
      },
    },
    requests: REQUESTS,
    repeats: 10,
    concurrency: 1,
    call({ service, path }, phase: DemoPhase): Promise<DemoAnswer> {
      asked.push(`${phase} ${path}`)
      const isKnown = stored.has(path)
      nowMs += isKnown ? 1 : 10
      if (isKnown) {
        const outcome = isStopped && service === 'tmdb' ? 'rescued' : 'hit'
        return Promise.resolve({ outcome, tier: 'memory' })
      }
      counts.add(service, path === options.failing ? 503 : 200)
      if (path === options.failing) return Promise.reject(new Error('503'))
      stored.add(path)
      return Promise.resolve({ outcome: 'miss', tier: 'origin' })
    },
    onStopped: () => {
      asked.push(isStopped ? 'stopped' : 'still up')
      return Promise.resolve()
    },
    onProgress: () => undefined,
    nowMs: () => nowMs,
  }
  return { plan, asked }
}

describe('runDemo', () => {
  it('reports requests, outcomes, durations and calls saved by service', async () => {
    const { services, distinct } = await runDemo(createWorld().plan)
    expect(distinct).toBe(4)
    expect(services.spotify).toMatchObject({
      requests: 3,
      hitRate: (100 * 2) / 3,
      hitMs: { p50: 1, p95: 1 },
      missMs: { p50: 10, p95: 10 },
      originCalls: 1,
      callsSaved: 2,
      tiers: { origin: 1, memory: 2 },
    })
    expect(services.books).toMatchObject({ requests: 1, hitRate: 0, hitMs: { p50: 0 }, callsSaved: 0 })
  })

  it('asks again for the most frequent ones, each once, only after the origin has stopped', async () => {
    const { plan, asked } = createWorld()
    const { afterStop, callsAfterStop } = await runDemo({ ...plan, repeats: 3 })
    expect(asked.slice(REQUESTS.length)).toEqual([
      'stopped',
      'origin-stopped /c',
      'origin-stopped /b',
      'origin-stopped /a',
    ])
    expect(afterStop.tmdb).toMatchObject({
      requests: 2,
      answered: 2,
      outcomes: expect.objectContaining({ rescued: 2 }) as object,
    })
    expect(afterStop.spotify.outcomes.hit).toBe(1)
    expect(callsAfterStop).toBe(0)
  })

  it('counts a rejected call as failed, and as unanswered', async () => {
    const { services } = await runDemo(createWorld({ failing: '/d' }).plan)
    expect(services.books).toMatchObject({ requests: 1, answered: 0 })
    expect(services.books.outcomes.failed).toBe(1)
  })

  it('asks several at a time, and all of them', async () => {
    const { plan } = createWorld()
    const seen: [DemoPhase, number, number][] = []
    const onProgress = (...progress: [DemoPhase, number, number]) => void seen.push(progress)
    await runDemo({ ...plan, concurrency: 16, onProgress })
    expect(seen.filter(([phase]) => phase === 'origin-up').map(([, done]) => done)).toEqual(
      REQUESTS.map((_, index) => index + 1),
    )
    expect(seen.at(-1)).toEqual(['origin-stopped', 4, 4])
  })

  it('ends early when interrupted, and still stops the origin', async () => {
    const { plan, asked } = createWorld()
    const controller = new AbortController()
    const onProgress = () => controller.abort()
    const report = await runDemo({ ...plan, onProgress, interrupted: controller.signal })
    expect(report.isInterrupted).toBe(true)
    expect(asked).toEqual(['origin-up /a'])
  })
})

describe('an interrupted call', () => {
  it('is not counted as failed', async () => {
    const controller = new AbortController()
    const call = () => {
      controller.abort()
      return Promise.reject(new Error('aborted'))
    }
    const { services } = await runDemo({ ...createWorld().plan, call, interrupted: controller.signal })
    expect(services.tmdb.requests).toBe(0)
  })
})

describe('mostFrequent', () => {
  it('keeps the order of first appearance among equals', () => {
    const paths = mostFrequent(REQUESTS, 10).map(({ path }) => path)
    expect(paths).toEqual(['/c', '/b', '/a', '/d'])
  })
})
