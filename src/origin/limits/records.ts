// What is kept of limits in the cells of a store: three records per subject, as compact JSON with a version. Pure. What
// cannot be read, since it is damaged or of another version, is as if it were not there.
import * as v from 'valibot'
import type { BudgetWindows } from './budget-window.js'
import type { Presence } from './presence.js'
import type { TurnLog } from './sliding-window.js'

/** What was spent of quotas and of what the origin told of its own limits. */
export interface QuotaRecord {
  readonly windows: BudgetWindows
  readonly processes: Presence
}

/** Turns given under rate limits. */
export interface TurnRecord {
  /** When it was last changed: a clock that is behind that was put back. */
  readonly atMs: number
  readonly logs: Readonly<Record<string, TurnLog>>
  readonly processes: Presence
}

/** A cool-down, and for a while after it what is to be remembered of it. */
export interface CoolDownRecord {
  readonly beganAtMs: number
  readonly untilMs: number
  /** Cool-downs in a row whose length the origin did not say. */
  readonly strikes: number
  /** True where the origin said how long. */
  readonly isSaid: boolean
}

/** A kind of record. */
export interface RecordKind<Value> {
  /** What the names of its cells begin with. */
  readonly prefix: string
  readonly empty: Value
  /** Undefined where the text is none. */
  readonly read: (text: string) => Value | undefined
  /** What holds where this process changed a record and the store did not take it: the store's, or the one here. */
  readonly ahead: (stored: Value, here: Value) => Value
}

const VERSION = 1

const instant = v.pipe(v.number(), v.finite(), v.minValue(0))
const calls = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const name = v.pipe(v.string(), v.maxLength(200))
const presence = v.record(name, instant)

const quotaSchema = v.object({
  windows: v.record(
    name,
    v.object({
      kind: v.picklist(['quota', 'learned']),
      name,
      limit: calls,
      perMs: instant,
      beganAtMs: instant,
      endsAtMs: instant,
      used: calls,
    }),
  ),
  processes: presence,
})

const turnSchema = v.object({
  atMs: instant,
  logs: v.record(
    name,
    v.object({
      name,
      limit: calls,
      perMs: instant,
      lastAtMs: instant,
      turns: v.array(v.tuple([instant, calls])),
    }),
  ),
  processes: presence,
})

const coolDownSchema = v.object({
  beganAtMs: instant,
  untilMs: instant,
  strikes: calls,
  isSaid: v.boolean(),
})

/** Records of quotas. */
export const QUOTA_RECORDS: RecordKind<QuotaRecord> = Object.freeze({
  prefix: 'quota/',
  empty: Object.freeze({ windows: Object.freeze({}), processes: Object.freeze({}) }),
  read: reader(quotaSchema),
  ahead: (_: QuotaRecord, here: QuotaRecord) => here,
})

/** Records of rate limits. */
export const TURN_RECORDS: RecordKind<TurnRecord> = Object.freeze({
  prefix: 'turns/',
  empty: Object.freeze({ atMs: 0, logs: Object.freeze({}), processes: Object.freeze({}) }),
  read: reader(turnSchema),
  ahead: (_: TurnRecord, here: TurnRecord) => here,
})

/** Records of cool-downs. */
export const COOL_DOWN_RECORDS: RecordKind<CoolDownRecord> = Object.freeze({
  prefix: 'cool-down/',
  empty: Object.freeze({ beganAtMs: 0, untilMs: 0, strikes: 0, isSaid: false }),
  read: reader(coolDownSchema),
  ahead: (stored: CoolDownRecord, here: CoolDownRecord) => (here.untilMs > stored.untilMs ? here : stored),
})

/** The text of a record. */
export function recordText(record: object): string {
  return JSON.stringify({ version: VERSION, ...record })
}

function reader<Schema extends v.GenericSchema>(
  schema: Schema,
): (text: string) => v.InferOutput<Schema> | undefined {
  return (text) => {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      return undefined
    }
    if (typeof json !== 'object' || json === null || !('version' in json) || json.version !== VERSION)
      return undefined
    const parsed = v.safeParse(schema, json)
    return parsed.success ? parsed.output : undefined
  }
}
