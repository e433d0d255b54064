// Drives the demo: sends a stream of requests through a cache, then stops the origin and asks for the popular ones
// again. It knows the cache only as a function, and time only as an argument.
import type { Outcome } from '../model/outcome.js'
import type { Tier } from '../model/tier.js'
import { countCalls, DEMO_SERVICES } from './local-origin.js'
import type { DemoRequest, DemoService, LocalOrigin } from './local-origin.js'
import { createPhaseTally, type PhaseReport } from './phase-report.js'

/** What the cache made of one request. */
export interface DemoAnswer {
  readonly outcome: Outcome
  readonly tier: Tier
}

/** The two parts of the demo. */
export type DemoPhase = 'origin-up' | 'origin-stopped'

/** What to drive, and with what. */
export interface DemoPlan {
  readonly origin: Pick<LocalOrigin, 'calls' | 'stop'>
  /** What is asked while the origin is up, in this order. */
  readonly requests: readonly DemoRequest[]
  /** How many different ones are asked again once it is stopped, the most frequent first. */
  readonly repeats: number
  /** How many requests are under way at a time. */
  readonly concurrency: number
  /** Asks the cache; a rejection counts as `failed`. */
  call(request: DemoRequest, phase: DemoPhase): Promise<DemoAnswer>
  /** Called once the origin is stopped, before anything is asked again. */
  onStopped(): Promise<void>
  /** Called after each answer. */
  onProgress(phase: DemoPhase, done: number, total: number): void
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Ends the run early; what was counted until then is reported. */
  readonly interrupted?: AbortSignal
}

/** What came of it. */
export interface DemoReport {
  /** By service, while the origin was up. */
  readonly services: Readonly<Record<DemoService, PhaseReport>>
  /** Different requests among those asked; where nothing expires, every further one can be a hit. */
  readonly distinct: number
  /** By service, after it was stopped. */
  readonly afterStop: Readonly<Record<DemoService, PhaseReport>>
  /** Calls that reached the origin after it was stopped; 0, or it was not stopped. */
  readonly callsAfterStop: number
  readonly isInterrupted: boolean
}

/** Runs both phases. */
export async function runDemo(plan: DemoPlan): Promise<DemoReport> {
  const up = createPhaseTally()
  await runPhase(plan, 'origin-up', plan.requests, up.add)
  const callsWhileUp = Object.fromEntries(
    DEMO_SERVICES.map((service) => [service, callsFor(plan, service)]),
  ) as Record<DemoService, number>
  const total = countCalls(plan.origin.calls)

  const stopped = createPhaseTally()
  await plan.origin.stop()
  if (!isInterrupted(plan)) {
    await plan.onStopped()
    await runPhase(plan, 'origin-stopped', mostFrequent(plan.requests, plan.repeats), stopped.add)
  }
  const callsAfterStop = countCalls(plan.origin.calls) - total
  return {
    services: up.reports(callsWhileUp),
    distinct: new Set(plan.requests.map(nameOf)).size,
    afterStop: stopped.reports({ tmdb: 0, spotify: 0, books: 0 }),
    callsAfterStop,
    isInterrupted: isInterrupted(plan),
  }
}

/** The different requests of a list, the most frequent first, at most `count`. */
export function mostFrequent(requests: readonly DemoRequest[], count: number): readonly DemoRequest[] {
  const seen = new Map<string, { readonly request: DemoRequest; times: number }>()
  for (const request of requests) {
    const known = seen.get(nameOf(request))
    if (known === undefined) seen.set(nameOf(request), { request, times: 1 })
    else known.times += 1
  }
  return [...seen.values()]
    .sort((a, b) => b.times - a.times)
    .slice(0, count)
    .map(({ request }) => request)
}

async function runPhase(
  plan: DemoPlan,
  phase: DemoPhase,
  requests: readonly DemoRequest[],
  add: (service: DemoService, answer: DemoAnswer | undefined, durationMs: number) => void,
): Promise<void> {
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    while (!isInterrupted(plan)) {
      const request = requests[next]
      if (request === undefined) return
      next += 1
      const startMs = plan.nowMs()
      const answer = await plan.call(request, phase).catch(() => undefined)
      // Who left did not wait for an answer, so there is nothing to count.
      if (answer === undefined && isInterrupted(plan)) return
      add(request.service, answer, plan.nowMs() - startMs)
      done += 1
      plan.onProgress(phase, done, requests.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.concurrency, requests.length) }, work))
}

/** Calls at the origin on a service's account; Spotify's tokens are among them. */
function callsFor({ origin }: DemoPlan, service: DemoService): number {
  const tokens = service === 'spotify' ? countCalls(origin.calls, 'accounts') : 0
  return countCalls(origin.calls, service) + tokens
}

function isInterrupted({ interrupted }: DemoPlan): boolean {
  return interrupted?.aborted === true
}

function nameOf({ service, path, params }: DemoRequest): string {
  return JSON.stringify([service, path, params])
}
