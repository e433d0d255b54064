// `cachette metrics`: hit rate and more, of every process on the store.
import { Command } from 'commander'
import type { Admin } from '../../admin/admin.js'
import type { CleanReport } from '../../model/tool-reports.js'
import type { CommandContext } from '../context.js'
import { EXIT } from '../exit-codes.js'
import { counted } from '../format/figures.js'
import type { Frame } from '../frame.js'
import { renderMetrics } from '../metrics/figures-view.js'
import { renderQuotas, touchedQuotas } from '../quota/quota-view.js'
import { historySteps, parseSpan } from '../metrics/history.js'
import { renderHistory } from '../metrics/history-view.js'
import { watchMetrics } from '../metrics/watch.js'
import { UsageError } from '../usage-error.js'

interface MetricsOptions {
  readonly cleanExpired?: true
  readonly reset?: true
  readonly watch?: true
  readonly history?: string
}

const EXAMPLES = `
Examples:
  cachette metrics --history 24h
  cachette metrics --clean-expired        remove what may not be used any more, then show the figures
  cachette metrics --reset                show the figures a last time, then start from zero
  cachette metrics --watch`

export function metricsCommand(frame: Frame): Command {
  return new Command('metrics')
    .alias('cache_metrics')
    .description('show hit rate, calls saved and latencies, of every process on the store')
    .option('--clean-expired', 'first remove entries that may not be used any more, and say how many')
    .option('--reset', 'after showing them, set the figures to zero for every process')
    .option('--watch', 'show them every second until Ctrl-C')
    .option('--history <span>', "add the course over a time, such as '1h', '24h' or '7d'")
    .addHelpText('after', EXAMPLES)
    .action((options: MetricsOptions, command: Command) =>
      frame.run(command, async (context) => {
        const spanMs = options.history === undefined ? undefined : parseSpan(options.history)
        refuseMixedWatch(options)
        const admin = await context.openAdmin()
        if (options.watch === true) await watchMetrics(context, () => admin.metrics())
        else await showOnce(context, admin, options, spanMs)
        return EXIT.ok
      }),
    )
}

function refuseMixedWatch({ watch, reset, cleanExpired, history }: MetricsOptions): void {
  if (watch === true && (reset ?? cleanExpired ?? history) !== undefined) {
    throw new UsageError('--watch only shows figures; run --reset, --clean-expired or --history without it.')
  }
}

async function showOnce(
  context: CommandContext,
  admin: Admin,
  options: MetricsOptions,
  spanMs: number | undefined,
): Promise<void> {
  const cleaned = options.cleanExpired === true ? await admin.cleanExpired() : undefined
  const metrics = await admin.metrics(options.history === undefined ? {} : { history: options.history })
  const quotas = await admin.quotas()
  if (options.reset === true) await admin.resetMetrics()
  if (context.isJson) {
    const reset = options.reset === true ? { reset: true } : {}
    context.printJson({
      ...metrics,
      quotas,
      ...(cleaned === undefined ? {} : { cleanExpired: cleaned }),
      ...reset,
    })
    return
  }
  const nowMs = Date.now()
  if (cleaned !== undefined) context.print(`${cleanSentence(cleaned)}\n`)
  context.print(renderMetrics(metrics, context.layout, nowMs))
  const touched = touchedQuotas(quotas)
  if (touched.length > 0) context.print(`\n${renderQuotas(touched, context.layout, nowMs)}`)
  if (spanMs !== undefined) {
    context.print(`\n${renderHistory(historySteps(metrics.history ?? [], spanMs, nowMs), context.layout)}`)
  }
  if (options.reset === true) context.print('\nReset: every process now counts from zero.')
}

/** What went, and what stayed and why. */
function cleanSentence({ removed, staleKept }: CleanReport): string {
  const went = `${counted(removed, 'expired entry', 'expired entries')} removed`
  if (staleKept === 0) return `${went}; no stale one is left.`
  const stay = counted(staleKept, 'stale entry stays', 'stale entries stay')
  return `${went}; ${stay} to rescue calls that fail, each until its time to be removed.`
}
