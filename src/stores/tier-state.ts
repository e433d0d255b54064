// What a remote tier tells of itself: that it went away, and that it is back.

/** A change of a tier's state. */
export type TierState =
  /** It failed, and is not asked until it answers again. */
  | { readonly state: 'away'; readonly operation: string; readonly error: Error }
  /** It answers again, and what was missed meanwhile is known. */
  | { readonly state: 'back'; readonly awayMs: number }

/** Told of each change. */
export type TierStateListener = (change: TierState) => void
