// Budgets of calls: how many a service may make in a window of time, what was learned of that from the origin, and since
// when it must not be asked at all.

/** A budget as the policy has it. */
export interface BudgetRule {
  /** How it is shown, such as `1000/1d`. */
  readonly name: string
  /** Calls. */
  readonly limit: number
  /** The window, in milliseconds. */
  readonly perMs: number
  /** The time of day (`HH:MM`) at which a daily budget renews; undefined: a window begins with its first call. */
  readonly resetsAt: string | undefined
  /** The time zone of `resetsAt`, by its IANA name. */
  readonly timeZone: string
}

/**
 * How far budgets have run down. `ample`: nothing to heed. `thrifty`: nothing is fetched that nobody waits for. `stretched`:
 * answers are used for longer than their TTL, within `maxTtl`. `scarce`: whatever can be answered by an older entry is.
 */
export type BudgetLevel = 'ample' | 'thrifty' | 'stretched' | 'scarce'

/** Whose budget: a service's, or one identity's of it. */
export interface LimitSubject {
  readonly service: string
  /** A keyed hash, never a credential; undefined where the service's callers share one budget. */
  readonly identity: string | undefined
}

/** One budget, as tools show it. */
export interface BudgetState {
  /** Such as `1000/1d`. */
  readonly name: string
  /** `quota` refuses when it is spent, `rate-limit` makes callers wait, `learned` is what the origin said of its own. */
  readonly kind: 'quota' | 'rate-limit' | 'learned'
  readonly limit: number
  readonly remaining: number
  /** When it is whole again; undefined while nothing of it is spent. */
  readonly renewsAtMs: number | undefined
}

/** The budgets of one subject, and its cool-down. */
export interface QuotaState extends LimitSubject {
  readonly level: BudgetLevel
  readonly budgets: readonly BudgetState[]
  /** Until then the origin is not asked, and why. */
  readonly coolDown: { readonly untilMs: number; readonly because: string } | undefined
}

/** The budgets of an instance. */
export interface Limits {
  /** How far the budgets that a call would count under have run down; answered at once, from what was last seen. */
  levelOf(subject: LimitSubject, rules: readonly BudgetRule[]): BudgetLevel
  /** Every subject of which something is known. */
  states(): Promise<readonly QuotaState[]>
  /** Forgets what was spent, learned and cooled down of a service; of all where none is named. */
  reset(service: string | undefined): Promise<void>
}
