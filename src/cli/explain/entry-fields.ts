// What one entry is and how it lives, as fields: stored, confirmed, stale, removed. Pure.
import type { EntrySummary } from '../../model/entry-summary.js'
import { formatInstant, formatRelative } from '../format/duration.js'
import { formatBytes } from '../format/figures.js'
import type { Field } from '../table/fields.js'

export function entryFields(entry: EntrySummary, nowMs: number): readonly Field[] {
  const isStale = entry.staleAtMs <= nowMs
  return [
    { name: 'status', value: String(entry.status) },
    { name: 'size', value: formatBytes(entry.sizeBytes) },
    { name: 'tier', value: entry.tier },
    { name: 'tags', value: entry.tags.length === 0 ? 'none' : entry.tags.join(', ') },
    { name: 'stored', value: instant(entry.storedAtMs, nowMs) },
    { name: 'confirmed', value: instant(entry.confirmedAtMs, nowMs) },
    { name: isStale ? 'stale since' : 'stale at', value: instant(entry.staleAtMs, nowMs) },
    { name: 'removed at', value: instant(entry.removeAtMs, nowMs) },
  ]
}

function instant(atMs: number, nowMs: number): string {
  return Number.isFinite(atMs) ? `${formatInstant(atMs)} (${formatRelative(atMs, nowMs)})` : 'never'
}
