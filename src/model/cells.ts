// Small values that all processes on a store change together: leases, budgets, cool-downs, notes to each other.
import type { Awaitable } from './tier.js'

/** A value under a name. */
export interface Cell {
  readonly name: string
  readonly value: string
}

/** What becomes of a value. */
export type CellChanged<Result> =
  | {
      readonly action: 'put'
      readonly value: string
      /** From then on, by the store's clock, it counts as absent. At most a year ahead. */
      readonly keepUntilMs: number
      readonly result: Result
    }
  | { readonly action: 'remove' | 'leave'; readonly result: Result }

/**
 * Decides what becomes of a value, given what it is and the time by the clock that all processes on the store go by:
 * this machine's for an embedded store, the server's for a remote one. Pure, since it may be called several times.
 */
export type CellChange<Result> = (before: string | undefined, nowMs: number) => CellChanged<Result>

/** The cells of a store. Names have 1 to 200 characters, values at most 32 KiB. */
export interface Cells {
  /** The value now; one that is past its time is undefined. */
  read(name: string): Awaitable<string | undefined>
  /** Changes a value in one step with respect to every process on the store; rejects where the store cannot. */
  update<Result>(name: string, change: CellChange<Result>): Promise<Result>
  /**
   * Those whose names begin with a prefix, by name; ones past their time are left out. Leases, whose names begin with `lease:`,
   * need not be listed.
   */
  list(prefix: string): Awaitable<readonly Cell[]>
  /**
   * Calls back soon after another process changed the value; the returned function stops it. Absent where the tier cannot
   * tell: whoever waits then looks now and then, and a look is cheap.
   */
  watch?(name: string, listener: () => void): () => void
}
