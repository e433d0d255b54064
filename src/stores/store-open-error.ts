// Why a store could not be opened; the wiring turns it into one warning and goes on without that tier.

/** Why a store could not be opened. */
export type StoreOpenReason =
  | 'module-missing'
  | 'not-accessible'
  | 'newer-layout'
  | 'not-openable'
  /** The store is encrypted, and no key was given, or another one. */
  | 'key-missing'
  | 'wrong-key'

/** Thrown by the factories of tiers. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
  readonly reason: StoreOpenReason

  constructor(reason: StoreOpenReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
