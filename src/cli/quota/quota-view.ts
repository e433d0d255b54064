// The readable form of budgets: a row for each, and a sentence for each cool-down. Pure.
import type { BudgetLevel, BudgetState, QuotaState } from '../../model/limits.js'
import { formatInstant, formatRelative } from '../format/duration.js'
import { formatCount } from '../format/figures.js'
import type { Colours, Layout } from '../layout.js'
import { renderTable, type Cell, type Column } from '../table/table.js'

const COLUMNS: readonly Column[] = [
  { title: 'service', minWidth: 8 },
  { title: 'identity', minWidth: 8, dropOrder: 1 },
  { title: 'budget', minWidth: 8 },
  { title: 'kind', dropOrder: 2 },
  { title: 'left', align: 'right' },
  { title: 'of', align: 'right' },
  { title: 'renews', dropOrder: 3 },
]

/** What is left of each budget, and which origins are left alone until when. */
export function renderQuotas(states: readonly QuotaState[], layout: Layout, nowMs: number): string {
  const rows = states.flatMap((state) =>
    state.budgets.map((budget) => rowOf(state, budget, { layout, nowMs })),
  )
  const parts = states.flatMap((state) => sentences(state, layout.colours, nowMs))
  if (rows.length > 0) parts.unshift(renderTable(COLUMNS, rows, layout))
  return parts.length === 0 ? 'no budgets: none is declared, spent of or learned' : parts.join('\n')
}

/** Those of which something was spent, and those that cool down. */
export function touchedQuotas(states: readonly QuotaState[]): readonly QuotaState[] {
  return states
    .map((state) => ({
      ...state,
      budgets: state.budgets.filter(({ renewsAtMs }) => renewsAtMs !== undefined),
    }))
    .filter(({ budgets, coolDown }) => budgets.length > 0 || coolDown !== undefined)
}

function rowOf(
  { service, identity }: QuotaState,
  { name, kind, limit, remaining, renewsAtMs }: BudgetState,
  { layout, nowMs }: { readonly layout: Layout; readonly nowMs: number },
): readonly Cell[] {
  const { colours } = layout
  const style = remaining === 0 ? colours.red : remaining * 4 <= limit ? colours.yellow : colours.green
  return [
    service,
    identity ?? 'all',
    name,
    kind,
    { text: formatCount(remaining), style },
    formatCount(limit),
    renewsAtMs === undefined ? '–' : formatRelative(renewsAtMs, nowMs),
  ]
}

const MEANINGS: Readonly<Record<Exclude<BudgetLevel, 'ample'>, string>> = {
  thrifty: 'nothing is fetched that nobody waits for',
  stretched: 'answers are used for longer than their TTL, within maxTtl',
  scarce: 'what an older answer can stand in for is not asked for',
}

function sentences(state: QuotaState, colours: Colours, nowMs: number): string[] {
  const { service, identity, level, coolDown } = state
  const whose = identity === undefined ? service : `${service} (${identity})`
  const said: string[] = []
  if (level !== 'ample') said.push(colours.yellow(`${whose} is ${level}: ${MEANINGS[level]}.`))
  if (coolDown !== undefined) {
    const until = `${formatInstant(coolDown.untilMs)} (${formatRelative(coolDown.untilMs, nowMs)})`
    said.push(colours.red(`${whose} cools down until ${until}: it answered that there were too many calls.`))
  }
  return said
}
