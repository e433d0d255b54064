// Plays the demo: requests to a server on this machine through a cache, then the same without the server.
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoRequest } from '../../demo/local-origin.js'
import { runDemo, type DemoAnswer, type DemoPhase, type DemoReport } from '../../demo/run-demo.js'
import { createZipfStream } from '../../demo/zipf-stream.js'
import type { Metrics } from '../../model/metrics.js'
import type { CommandContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { formatDuration } from '../format/duration.js'
import { formatCount } from '../format/figures.js'
import { renderMetrics } from '../metrics/figures-view.js'
import { createProgress, type Progress } from '../progress.js'
import { openDemoWorld, SHORT_TTL_MS, SHORT_TTL_SERVICE, type DemoWorld } from './demo-world.js'
import { bestHitRate, renderAfterStop, renderWhileUp, sumOf } from './report-view.js'

/** How the demo is played. */
export interface DemoPlan {
  /** How many requests are sent. */
  readonly length: number
  /** What requests, delays and refusals are drawn from. */
  readonly seed: number
  /** A folder with recorded responses, in place of answers made up. */
  readonly responses?: string
}

const CONCURRENCY = 16
/** How many requests are asked again once the origin is stopped. */
const REPEATS = 300

/** Plays it, prints what happened, and takes its store away. */
export async function playDemo(
  context: CommandContext,
  { length, seed, responses }: DemoPlan,
): Promise<ExitCode> {
  const world = await openDemoWorld(responses === undefined ? { seed } : { seed, responses })
  try {
    const { requests } = createZipfStream({ requests: world.requests, seed, length })
    return await demonstrate(context, world, requests)
  } finally {
    await world.close()
  }
}

async function demonstrate(
  context: CommandContext,
  world: DemoWorld,
  requests: readonly DemoRequest[],
): Promise<ExitCode> {
  const say = (text: string): void => {
    if (!context.isJson) context.print(text)
  }
  const startMs = performance.now()
  const { interrupted } = context
  // Every request under way listens.
  setMaxListeners(0, interrupted)
  const progress = createPhaseProgress(context)
  say(
    `Sending ${formatCount(requests.length)} requests, ${CONCURRENCY} at a time, through a cache on an empty LMDB store.`,
  )
  say(
    `Answers of ${SHORT_TTL_SERVICE} stay fresh for ${formatDuration(SHORT_TTL_MS)} here, the others for hours.\n`,
  )
  const report = await runDemo({
    origin: world.origin,
    requests,
    repeats: REPEATS,
    concurrency: CONCURRENCY,
    call: (request) => ask(world, request, interrupted),
    async onStopped() {
      progress.stop()
      // Whatever has the short TTL is stale afterwards, however late it was stored.
      await sleep(SHORT_TTL_MS, undefined, { signal: interrupted }).catch(() => undefined)
      await world.restart()
    },
    onProgress: progress.advance,
    nowMs: () => performance.now(),
    interrupted,
  }).finally(progress.stop)
  const metrics = await world.admin().metrics()
  const durationMs = performance.now() - startMs
  if (context.isJson) context.printJson(jsonOf(report, metrics, durationMs))
  else sayReport(context, report, metrics, durationMs)
  if (report.isInterrupted) return EXIT.interrupted
  return sumOf(report.afterStop, 'answered') > 0 ? EXIT.ok : EXIT.failed
}

async function ask(world: DemoWorld, request: DemoRequest, signal: AbortSignal): Promise<DemoAnswer> {
  const { outcome, tier } = await world
    .admin()
    .get(world.urlOf(request), { service: request.service, signal })
  return { outcome, tier }
}

function sayReport(context: CommandContext, report: DemoReport, metrics: Metrics, durationMs: number): void {
  const { layout } = context
  context.print(`${renderWhileUp(report, layout)}\n`)
  if (!report.isInterrupted) {
    context.print('Then the origin was stopped and the cache restarted on its store:\n')
    context.print(`${renderAfterStop(report, layout)}\n`)
  }
  context.print("What 'cachette metrics' says of this store:\n")
  context.print(renderMetrics(metrics, layout, Date.now()))
  const end = report.isInterrupted ? 'Interrupted after' : 'Took'
  context.print(`\n${end} ${formatDuration(durationMs)}; the store goes with the demo.`)
}

function jsonOf(report: DemoReport, metrics: Metrics, durationMs: number): object {
  const requests = sumOf(report.services, 'requests')
  return {
    requests,
    distinct: report.distinct,
    bestHitRate: bestHitRate(requests, report.distinct),
    originCalls: sumOf(report.services, 'originCalls'),
    callsSaved: sumOf(report.services, 'callsSaved'),
    services: report.services,
    afterStop: {
      requests: sumOf(report.afterStop, 'requests'),
      answered: sumOf(report.afterStop, 'answered'),
      originCalls: report.callsAfterStop,
      services: report.afterStop,
    },
    metrics,
    durationMs,
    isInterrupted: report.isInterrupted,
  }
}

/** One bar for each phase. */
function createPhaseProgress(context: CommandContext): {
  advance(phase: DemoPhase, done: number, total: number): void
  stop(): void
} {
  const bars = new Map<DemoPhase, Progress>()
  return {
    advance(phase, _done, total) {
      const label = phase === 'origin-up' ? 'asking' : 'asking again'
      const bar = bars.get(phase) ?? createProgress(context, label, total)
      bars.set(phase, bar)
      bar.advance()
    },
    stop() {
      for (const bar of bars.values()) bar.stop()
      bars.clear()
    },
  }
}
