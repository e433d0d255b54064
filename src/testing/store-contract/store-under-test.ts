// A store as the contract uses it: opened afresh for each test, with a clock that moves on and, perhaps, a second process.
import type { Store } from '../../model/store.js'

/** What a store may or may not do. */
export interface StoreCapabilities {
  /** It can go through what it holds: `list`, `clean`, `cells.list`, and the number of entries in `health`. */
  readonly scans: boolean
  /** `list` goes in key order. */
  readonly listsInOrder: boolean
  /** It keeps entries past their `removeAtMs` until they are cleaned. */
  readonly keepsExpired: boolean
  /** It measures what it holds, and keeps to a bound of its own. */
  readonly isBounded: boolean
  /** Each change takes the very next number; else numbers only grow. */
  readonly numbersOneByOne: boolean
  /** It takes bodies in pieces (`writeBody`) and gives large ones back so. */
  readonly takesPieces: boolean
  /** Other processes can open it as well: {@link OpenedStore.openPeer} does what they would. */
  readonly hasPeers: boolean
  /** It tells of cells that others change (`cells.watch`). */
  readonly watchesCells: boolean
  /** What several processes change at the same time is exact: cells, numbers, figures. */
  readonly isExactAcrossProcesses: boolean
}

/** A store that was opened for one test. */
export interface OpenedStore {
  readonly store: Store
  /** What its clock says at first, in milliseconds since the epoch; a server's clock may differ a little. */
  readonly nowMs: number
  /** Moves its clock on. A store on a server's clock may leave it: what the contract lets expire is waited for as well. */
  readonly advance: (byMs: number) => void
  /** Opens what another process would see of the same store; not asked for without `hasPeers`. */
  readonly openPeer?: () => Promise<Store>
  /** Lets go of whatever the test held: the store, its peers, files and servers. */
  readonly dispose: () => Promise<void>
}

/** A kind of store under test. */
export interface StoreUnderTest {
  readonly name: string
  readonly capabilities: StoreCapabilities
  /** Opens an empty store. Where it is bounded, the bound is 4 to 6 MB. */
  open(): OpenedStore | Promise<OpenedStore>
}
