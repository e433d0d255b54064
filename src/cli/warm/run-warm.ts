// Asks for a list of URLs again and again, several at a time, and counts what becomes of them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from '../../admin/admin.js'
import { bestHitRate, WarmTally, type WarmFigures } from './tally.js'
import type { WarmRequest } from './url-file.js'

export interface WarmPlan {
  readonly requests: readonly WarmRequest[]
  readonly iterations: number
  readonly concurrency: number
  readonly interrupted: AbortSignal
  /** Called after each call. */
  readonly onAdvance: () => void
}

/** A reason why calls failed, and how many had it. */
export interface WarmFailure {
  readonly message: string
  readonly count: number
}

export interface WarmReport extends WarmFigures {
  /** Different requests among them, by key. */
  readonly distinct: number
  readonly bestHitRate: number
  readonly originCallsPerRequest: number
  readonly iterations: readonly WarmFigures[]
  /** Calls that were not answered, or with a status of 400 or above; most frequent reason first. */
  readonly failures: readonly WarmFailure[]
  readonly durationMs: number
  readonly isInterrupted: boolean
}

/** How long the last events of a pass may take to arrive. */
const EVENTS_WITHIN_MS = 250

/**
 * Finds out before anything is called whether every request has a service: asks once for each service and host.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a host that no service claims, or a name that no service can have
 */
export async function checkServices(admin: Admin, requests: readonly WarmRequest[]): Promise<void> {
  const samples = new Map(
    requests.map((request) => [`${request.service ?? ''} ${new URL(request.url).host}`, request]),
  )
  for (const { url, service } of samples.values()) {
    await admin.serviceFor(url, service)
  }
}

/** Runs the plan. Failed calls are counted, never thrown. */
export async function runWarm(admin: Admin, plan: WarmPlan): Promise<WarmReport> {
  const startMs = performance.now()
  const total = new WarmTally()
  let pass = new WarmTally()
  const stopListening = admin.onRequest((event) => {
    total.add(event)
    pass.add(event)
  })
  const iterations: WarmFigures[] = []
  const failures = new Map<string, number>()
  try {
    while (iterations.length < plan.iterations && !plan.interrupted.aborted) {
      pass = new WarmTally()
      const asked = await runPass(admin, plan, (message) => {
        failures.set(message, (failures.get(message) ?? 0) + 1)
      })
      await untilSeen(pass, asked, plan.interrupted)
      if (pass.seen > 0 || !plan.interrupted.aborted) iterations.push(pass.figures())
    }
  } finally {
    stopListening()
  }
  const figures = total.figures()
  return {
    ...figures,
    distinct: total.distinct,
    bestHitRate: bestHitRate(total.distinct, figures.requests),
    originCallsPerRequest: figures.requests === 0 ? 0 : figures.originCalls / figures.requests,
    iterations,
    failures: [...failures]
      .map(([message, count]) => ({ message, count }))
      .sort((one, other) => other.count - one.count),
    durationMs: performance.now() - startMs,
    isInterrupted: plan.interrupted.aborted,
  }
}

/** One pass over the list; resolves with the number of calls made. */
async function runPass(admin: Admin, plan: WarmPlan, onFailure: (message: string) => void): Promise<number> {
  let next = 0
  const work = async (): Promise<void> => {
    while (!plan.interrupted.aborted) {
      const request = plan.requests[next]
      if (request === undefined) return
      next += 1
      const message = await ask(admin, request, plan.interrupted)
      if (message !== undefined) onFailure(message)
      plan.onAdvance()
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.concurrency, plan.requests.length) }, work))
  return next
}

/** Asks once; resolves with what went wrong, if anything did. */
async function ask(
  admin: Admin,
  { url, service }: WarmRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { status } = await admin.get(url, service === undefined ? { signal } : { service, signal })
    return status >= 400 ? `the origin answered ${status}` : undefined
  } catch (error) {
    if (signal.aborted) return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

/** Waits for the events of the calls just made, which may come after their answers. */
async function untilSeen(tally: WarmTally, count: number, interrupted: AbortSignal): Promise<void> {
  const endMs = performance.now() + EVENTS_WITHIN_MS
  while (tally.seen < count && performance.now() < endMs && !interrupted.aborted) await sleep(5)
}
