// Thrown by a remote tier that is not there for the moment: at once, without asking it, until it answers again.
import type { StoreTier } from '../model/tier.js'

/** Thrown by every operation of a tier that is away. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError'
  readonly tier: StoreTier

  constructor(tier: StoreTier, reason: string, options?: { readonly cause?: unknown }) {
    super(`the ${tier} tier is away: ${reason}`, options)
    this.tier = tier
  }
}
