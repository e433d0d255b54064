// What stands in a lease's cell, as text. Pure.
import { LEASE_MS, type LeaseEnd } from '../model/leases.js'

/** One lease: held while `end` is undefined. */
export interface LeaseRow {
  /** Who took it: new at each taking. */
  readonly token: string
  /** Until when it is held, or its end remembered. */
  readonly untilMs: number
  readonly end: LeaseEnd | undefined
  /** Until then nobody who can do without asks again; 0 for no rest. */
  readonly restUntilMs: number
  /** Failures in a row. */
  readonly failures: number
}

/** True for a lease that somebody holds; one that ends more than its length ahead was written by a clock that jumped. */
export function isHeld({ untilMs, end }: LeaseRow, nowMs: number): boolean {
  return end === undefined && untilMs > nowMs && untilMs - nowMs <= LEASE_MS
}

/** The row as text. */
export function writeLeaseRow(row: LeaseRow): string {
  return JSON.stringify(row)
}

/** The row in a text; undefined where there is none, or it is not one of ours. */
export function readLeaseRow(text: string | undefined): LeaseRow | undefined {
  if (text === undefined) return undefined
  try {
    const row: unknown = JSON.parse(text)
    return isRow(row) ? { ...row, end: row.end } : undefined
  } catch {
    return undefined
  }
}

function isRow(value: unknown): value is LeaseRow {
  if (typeof value !== 'object' || value === null) return false
  const row = value as Readonly<Record<string, unknown>>
  return (
    typeof row.token === 'string' &&
    ['untilMs', 'restUntilMs', 'failures'].every((name) => typeof row[name] === 'number') &&
    (row.end === undefined || isEnd(row.end))
  )
}

function isEnd(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'alone' || value.kind === 'stored' || value.kind === 'passed-on') return true
  if (value.kind === 'failed') return 'failure' in value && typeof value.failure === 'object'
  return value.kind === 'answered' && 'answer' in value && typeof value.answer === 'object'
}
