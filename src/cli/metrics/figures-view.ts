// The readable form of the metrics: totals, outcomes and a table of services. Pure.
import { OUTCOMES } from '../../model/outcome.js'
import type { Metrics, Percentiles, ServiceMetrics } from '../../model/metrics.js'
import { formatDuration, formatInstant, formatRelative } from '../format/duration.js'
import {
  counted,
  formatBar,
  formatBytes,
  formatCount,
  formatPercent,
  PROMISED_HIT_RATE,
} from '../format/figures.js'
import type { Colours, Layout } from '../layout.js'
import { renderFields } from '../table/fields.js'
import { renderTable, type Column } from '../table/table.js'

export function renderMetrics(metrics: Metrics, layout: Layout, nowMs: number): string {
  const { colours } = layout
  const since = `${formatInstant(metrics.sinceMs)} (${formatRelative(metrics.sinceMs, nowMs)})`
  const totals = renderFields(
    [
      { name: 'hit rate', value: hitRateLine(metrics, layout), style: rateStyle(metrics, colours) },
      { name: 'requests', value: requestsLine(metrics) },
      { name: 'outcomes', value: outcomesLine(metrics) },
      { name: 'origin calls', value: originCallsLine(metrics) },
      { name: 'saved', value: `${formatDuration(metrics.savedMs)}, ${formatBytes(metrics.savedBytes)}` },
      ...(metrics.drifts === 0
        ? []
        : [{ name: 'drifts', value: `${formatCount(metrics.drifts)} answers were not what they should be` }]),
      { name: 'hits took', value: percentilesLine(metrics.latencyMs.hit) },
      { name: 'misses took', value: percentilesLine(metrics.latencyMs.miss) },
      { name: 'since', value: since },
    ],
    layout,
  )
  const services = Object.entries(metrics.services)
  if (services.length === 0) return totals
  return `${totals}\n\n${servicesTable(services, layout)}`
}

function hitRateLine(metrics: ServiceMetrics, layout: Layout): string {
  if (metrics.totalRequests === 0) return 'none yet: no request was counted'
  const verdict = metrics.hitRate >= PROMISED_HIT_RATE ? 'above' : 'under'
  const bar = layout.columns === undefined ? '' : `${formatBar(metrics.hitRate)}  `
  return `${formatPercent(metrics.hitRate)}  ${bar}${verdict} the ${PROMISED_HIT_RATE} % line`
}

function rateStyle(metrics: ServiceMetrics, colours: Colours): (text: string) => string {
  if (metrics.totalRequests === 0) return colours.dim
  return metrics.hitRate >= PROMISED_HIT_RATE ? colours.green : colours.yellow
}

function requestsLine({ totalRequests, hits, misses, outcomes }: ServiceMetrics): string {
  const sum = `${formatCount(totalRequests)} = ${counted(hits, 'hit', 'hits')} + ${counted(misses, 'miss', 'misses')}`
  return outcomes.bypass === 0 ? sum : `${sum}; ${formatCount(outcomes.bypass)} bypassed are in neither`
}

/** Outcomes that came up; the plain ones first, as the model lists them. */
function outcomesLine({ outcomes }: ServiceMetrics): string {
  const seen = OUTCOMES.filter((outcome) => outcomes[outcome] > 0)
  if (seen.length === 0) return 'none'
  return seen.map((outcome) => `${formatCount(outcomes[outcome])} ${outcome}`).join(', ')
}

function originCallsLine({ originCalls, totalRequests }: ServiceMetrics): string {
  const calls = formatCount(originCalls)
  return totalRequests === 0 ? calls : `${calls} (${(originCalls / totalRequests).toFixed(2)} per request)`
}

function percentilesLine({ p50, p95, p99 }: Percentiles): string {
  if (p99 === 0) return '–'
  return `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)}`
}

const SERVICE_COLUMNS: readonly Column[] = [
  { title: 'service', minWidth: 8 },
  { title: 'requests', align: 'right' },
  { title: 'hit rate', align: 'right' },
  { title: 'hits', align: 'right', dropOrder: 2 },
  { title: 'misses', align: 'right', dropOrder: 1 },
  { title: 'rescued', align: 'right', dropOrder: 4 },
  { title: 'origin calls', align: 'right' },
  { title: 'hit p50', align: 'right', dropOrder: 5 },
  { title: 'miss p50', align: 'right', dropOrder: 6 },
  { title: 'saved', align: 'right', dropOrder: 3 },
]

function servicesTable(services: readonly (readonly [string, ServiceMetrics])[], layout: Layout): string {
  const rows = services.map(([name, figures]) => [
    name,
    formatCount(figures.totalRequests),
    {
      text: figures.totalRequests === 0 ? '–' : formatPercent(figures.hitRate),
      style: rateStyle(figures, layout.colours),
    },
    formatCount(figures.hits),
    formatCount(figures.misses),
    formatCount(figures.outcomes.rescued),
    formatCount(figures.originCalls),
    latency(figures.latencyMs.hit),
    latency(figures.latencyMs.miss),
    formatDuration(figures.savedMs),
  ])
  return renderTable(SERVICE_COLUMNS, rows, layout)
}

function latency({ p50, p99 }: Percentiles): string {
  return p99 === 0 ? '–' : formatDuration(p50)
}

/** One line of figures, for `--watch` in a pipe. */
export function renderWatchLine(metrics: Metrics, time: string): string {
  return [
    time,
    `requests ${metrics.totalRequests}`,
    `hit rate ${formatPercent(metrics.hitRate)}`,
    `hits ${metrics.hits}`,
    `misses ${metrics.misses}`,
    `bypassed ${metrics.outcomes.bypass}`,
    `origin calls ${metrics.originCalls}`,
  ].join('  ')
}
