// The readable form of a warm-up: some passes, the sum, and what failed. Pure.
import { formatDuration } from '../format/duration.js'
import { formatCount, formatPercent, PROMISED_HIT_RATE } from '../format/figures.js'
import type { Layout } from '../layout.js'
import { renderFields } from '../table/fields.js'
import { renderTable } from '../table/table.js'
import type { WarmReport } from './run-warm.js'

const MOST_FAILURES_SHOWN = 5

export function renderWarmReport(report: WarmReport, layout: Layout): string {
  const parts = [iterationsTable(report, layout), summary(report, layout)]
  if (report.failures.length > 0) parts.push(failuresText(report, layout))
  return parts.join('\n\n')
}

/** True where the warm-up reached what it must. Cached error answers alone warm nothing. */
export function isWarm(report: WarmReport): boolean {
  return report.hitRate >= PROMISED_HIT_RATE && failureCount(report) < report.requests
}

function failureCount({ failures }: WarmReport): number {
  return failures.reduce((sum, failure) => sum + failure.count, 0)
}

/** The passes to show, by index: the first three, about ten more, and the last. */
export function passesToShow(count: number): readonly number[] {
  const step = Math.max(1, Math.ceil(count / 10))
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => index < 3 || (index + 1) % step === 0 || index === count - 1,
  )
}

function iterationsTable({ iterations }: WarmReport, layout: Layout): string {
  const columns = [
    { title: 'iteration', align: 'right' },
    { title: 'requests', align: 'right' },
    { title: 'hit rate', align: 'right' },
    { title: 'hits', align: 'right' },
    { title: 'misses', align: 'right' },
    { title: 'origin calls', align: 'right' },
  ] as const
  const rows = passesToShow(iterations.length).flatMap((index) => {
    const pass = iterations[index]
    if (pass === undefined) return []
    return [
      [
        String(index + 1),
        formatCount(pass.requests),
        formatPercent(pass.hitRate),
        formatCount(pass.hits),
        formatCount(pass.misses),
        formatCount(pass.originCalls),
      ],
    ]
  })
  return renderTable(columns, rows, layout)
}

function summary(report: WarmReport, layout: Layout): string {
  const { colours } = layout
  const perSecond = (report.requests * 1_000) / Math.max(1, report.durationMs)
  const verdict =
    report.hitRate >= PROMISED_HIT_RATE
      ? `at least the ${PROMISED_HIT_RATE} % that a warm cache must reach`
      : `under the ${PROMISED_HIT_RATE} % that a warm cache must reach`
  return renderFields(
    [
      {
        name: 'hit rate',
        value: `${formatPercent(report.hitRate)}, ${verdict}`,
        style: isWarm(report) ? colours.green : colours.red,
      },
      {
        name: 'best possible',
        value: `${formatPercent(report.bestHitRate)} from an empty cache: ${formatCount(report.distinct)} different among ${formatCount(report.requests)} requests`,
      },
      {
        name: 'origin calls',
        value: `${formatCount(report.originCalls)}, ${report.originCallsPerRequest.toFixed(3)} per request`,
      },
      {
        name: 'took',
        value: `${formatDuration(report.durationMs)}, ${formatCount(perSecond)} requests per second${report.isInterrupted ? '; interrupted' : ''}`,
      },
    ],
    layout,
  )
}

function failuresText(report: WarmReport, layout: Layout): string {
  const { failures } = report
  const shown = failures
    .slice(0, MOST_FAILURES_SHOWN)
    .map((failure) => ({ name: `${formatCount(failure.count)} ×`, value: failure.message }))
  const rest = failures.length - shown.length
  const title = layout.colours.yellow(`${formatCount(failureCount(report))} of the calls failed:`)
  return `${title}\n${renderFields(shown, layout, '  ')}${rest > 0 ? `\n  and ${rest} more reasons (--json lists all)` : ''}`
}
