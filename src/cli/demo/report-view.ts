// The readable form of the demo's two phases. Pure.
import { DEMO_SERVICES } from '../../demo/local-origin.js'
import type { PhaseReport, Quantiles } from '../../demo/phase-report.js'
import type { DemoReport } from '../../demo/run-demo.js'
import { formatDuration } from '../format/duration.js'
import { formatCount, formatPercent } from '../format/figures.js'
import type { Layout } from '../layout.js'
import { wrap } from '../table/fields.js'
import { renderTable, type Cell, type Column } from '../table/table.js'

// All but the origin calls fit into 80 columns.
const UP_COLUMNS: readonly Column[] = [
  { title: 'service', minWidth: 7 },
  { title: 'asked', align: 'right' },
  { title: 'hit rate', align: 'right' },
  { title: 'hit p50, p95', align: 'right', dropOrder: 3 },
  { title: 'miss p50, p95', align: 'right', dropOrder: 2 },
  { title: 'origin calls', align: 'right', dropOrder: 1 },
  { title: 'calls saved', align: 'right' },
]

const STOPPED_COLUMNS: readonly Column[] = [
  { title: 'service', minWidth: 7 },
  { title: 'asked', align: 'right' },
  { title: 'answered', align: 'right' },
  { title: 'fresh', align: 'right', dropOrder: 2 },
  { title: 'rescued', align: 'right', dropOrder: 1 },
  { title: 'failed', align: 'right' },
]

/** What came of the first phase: a row for each service that was asked. */
export function renderWhileUp({ services, distinct }: DemoReport, layout: Layout): string {
  const rows = DEMO_SERVICES.map((name) => ({ name, report: services[name] }))
    .filter(({ report }) => report.requests > 0)
    .map(({ name, report }): Cell[] => [
      name,
      formatCount(report.requests),
      { text: formatPercent(report.hitRate), style: layout.colours.green },
      quantiles(report.hitMs),
      quantiles(report.missMs),
      formatCount(report.originCalls),
      formatCount(report.callsSaved),
    ])
  const asked = sumOf(services, 'requests')
  const sentence =
    `${formatCount(distinct)} of the ${formatCount(asked)} requests were different: ` +
    `where nothing expires and nothing fails, ${formatPercent(bestHitRate(asked, distinct))} can be hits. ` +
    `Times are the caller's, who has several requests under way.`
  const failed = DEMO_SERVICES.reduce((sum, name) => sum + services[name].outcomes.failed, 0)
  const remark =
    failed === 0
      ? ''
      : ` ${formatCount(failed)} failed: the origin refused them and nothing was there to serve in its place.`
  return `${renderTable(UP_COLUMNS, rows, layout)}\n${fit(sentence + remark, layout)}`
}

/** What came of the second phase, and the sentence that the demo is for. */
export function renderAfterStop({ afterStop, callsAfterStop }: DemoReport, layout: Layout): string {
  const rows = DEMO_SERVICES.map((name) => ({ name, report: afterStop[name] }))
    .filter(({ report }) => report.requests > 0)
    .map(({ name, report: { requests, answered, outcomes } }): Cell[] => [
      name,
      formatCount(requests),
      { text: formatCount(answered), style: layout.colours.green },
      formatCount(outcomes.hit + outcomes.stale + outcomes.coalesced),
      formatCount(outcomes.rescued),
      formatCount(outcomes.failed),
    ])
  const answered = sumOf(afterStop, 'answered')
  const fromStore = Object.values(afterStop).reduce((sum, { tiers }) => sum + (tiers.lmdb ?? 0), 0)
  const asked = sumOf(afterStop, 'requests')
  const sentence =
    `${formatCount(answered)} of ${formatCount(asked)} requests were answered without an origin, ` +
    `${formatCount(fromStore)} of them from the LMDB store (${formatCount(callsAfterStop)} calls reached the origin).`
  return `${renderTable(STOPPED_COLUMNS, rows, layout)}\n${layout.colours.bold(fit(sentence, layout))}`
}

function quantiles({ p50, p95 }: Quantiles): string {
  return `${formatDuration(p50)}, ${formatDuration(p95)}`
}

function fit(text: string, layout: Layout): string {
  return wrap(text, layout.columns ?? Infinity).join('\n')
}

/** The best hit rate that a stream allows, in percent. */
export function bestHitRate(requests: number, distinct: number): number {
  return requests === 0 ? 0 : (100 * (requests - distinct)) / requests
}

/** A figure over all services. */
export function sumOf(
  services: Readonly<Record<string, PhaseReport>>,
  figure: 'requests' | 'answered' | 'originCalls' | 'callsSaved',
): number {
  return Object.values(services).reduce((sum, report) => sum + report[figure], 0)
}
