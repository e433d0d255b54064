// The readable form of history: sparklines on a terminal, a row per step in a pipe. Pure.
import { formatInstant } from '../format/duration.js'
import { formatCount, formatPercent } from '../format/figures.js'
import { sparkline } from '../format/sparkline.js'
import type { Layout } from '../layout.js'
import { renderFields } from '../table/fields.js'
import { renderTable } from '../table/table.js'
import { mergeSteps, type HistoryStep } from './history.js'

export function renderHistory(steps: readonly HistoryStep[], layout: Layout): string {
  return layout.columns === undefined ? rows(steps, layout) : sparklines(steps, layout, layout.columns)
}

const NAME_CELLS = 14
/** Room after a sparkline for its highest value. */
const VALUE_CELLS = 22

function sparklines(steps: readonly HistoryStep[], layout: Layout, columns: number): string {
  const merged = mergeSteps(steps, Math.max(10, columns - NAME_CELLS - VALUE_CELLS))
  const first = merged[0]
  const last = merged.at(-1)
  if (first === undefined || last === undefined) return ''
  const most = (pick: (step: HistoryStep) => number): string =>
    `up to ${formatCount(Math.max(...merged.map(pick)))}`
  const requests = sparkline(merged.map((step) => step.requests))
  const hitRates = sparkline(merged.map(hitRateOf), 100)
  const originCalls = sparkline(merged.map((step) => step.originCalls))
  const from = formatInstant(first.atMs).slice(0, 16)
  const to = formatInstant(last.atMs).slice(0, 16)
  return renderFields(
    [
      { name: 'requests', value: `${requests}  ${most((step) => step.requests)}` },
      { name: 'hit rate', value: `${hitRates}  0 to 100 %`, style: layout.colours.green },
      { name: 'origin calls', value: `${originCalls}  ${most((step) => step.originCalls)}` },
      { name: 'from, to', value: `${from}, ${to}` },
    ],
    layout,
  )
}

function rows(steps: readonly HistoryStep[], layout: Layout): string {
  const columns = [
    { title: 'from' },
    { title: 'requests', align: 'right' },
    { title: 'hits', align: 'right' },
    { title: 'misses', align: 'right' },
    { title: 'hit rate', align: 'right' },
    { title: 'origin calls', align: 'right' },
  ] as const
  const cells = steps.map((step) => {
    const hitRate = hitRateOf(step)
    return [
      formatInstant(step.atMs).slice(0, 16),
      String(step.requests),
      String(step.hits),
      String(step.misses),
      hitRate === undefined ? '–' : formatPercent(hitRate),
      String(step.originCalls),
    ]
  })
  return renderTable(columns, cells, layout)
}

function hitRateOf(step: HistoryStep): number | undefined {
  return step.requests === 0 ? undefined : (100 * step.hits) / step.requests
}
