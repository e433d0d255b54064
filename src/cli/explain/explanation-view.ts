// The readable form of an explanation: the decision first, then the entry, the key and the policy. Pure.
import type { Explanation } from '../../model/entry-summary.js'
import { formatDuration } from '../format/duration.js'
import { formatBytes } from '../format/figures.js'
import type { Layout } from '../layout.js'
import { renderFields } from '../table/fields.js'
import { renderTable } from '../table/table.js'
import { entryFields } from './entry-fields.js'
import { decisionSentence, REASON_SENTENCES } from './reason-sentences.js'

export function renderExplanation(explanation: Explanation, layout: Layout, nowMs: number): string {
  const { colours } = layout
  const { decision, because, entry } = explanation
  const section = (title: string, body: string): string => `${colours.bold(title)}\n${body}`
  const decided = renderFields(
    [
      { name: 'decision', value: `${decision}: ${decisionSentence(decision)}`, style: colours.green },
      { name: 'because', value: `${because}: ${REASON_SENTENCES[because]}` },
    ],
    layout,
  )
  const life =
    entry === undefined ? '  nothing is stored' : renderFields(entryFields(entry, nowMs), layout, '  ')
  const keyParts = Object.entries(explanation.keyParts).map(([name, value]) => ({ name, value }))
  return [
    decided,
    section('entry', life),
    section('key', renderFields([{ name: 'key', value: explanation.key }, ...keyParts], layout, '  ')),
    section('policy', policyTable(explanation, layout)),
  ].join('\n\n')
}

function policyTable({ policy }: Explanation, layout: Layout): string {
  const rows = Object.entries(policy).map(([name, { value, from }]) => [name, policyValue(name, value), from])
  const columns = [{ title: 'setting' }, { title: 'value', minWidth: 10 }, { title: 'from', minWidth: 10 }]
  return renderTable(columns, rows, layout)
}

/** A value in the unit that its name gives; what is empty is `none`. */
export function policyValue(name: string, value: unknown): string {
  if (value === undefined || value === null || value === Infinity) return 'none'
  if (typeof value === 'number' && name.endsWith('Bytes')) return formatBytes(value)
  if (typeof value === 'number' && /ttl|timeout|stale|openFor/i.test(name)) return formatDuration(value)
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ')
  if (typeof value !== 'object') return String(value)
  const parts = Object.entries(value)
    .map(([part, inner]: [string, unknown]) => [part, policyValue(part, inner)] as const)
    .filter(([, text]) => text !== 'none' && text !== 'false')
  return parts.length === 0 ? 'none' : parts.map(([part, text]) => `${part}: ${text}`).join('; ')
}
