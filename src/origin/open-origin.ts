// The way to the origin as an instance has it: the pipeline, and the limits that it keeps in the instance's store.
import type { Profile } from '../model/profile.js'
import type { Store } from '../model/store.js'
import type { Clock } from '../shared/clock.js'
import type { Emit } from './emit.js'
import type { DeclaredLimits } from './limits/budget-states.js'
import { type OriginLimits, createLimits } from './limits/create-limits.js'
import type { OriginPipeline } from './origin-call.js'
import { createOriginPipeline } from './pipeline.js'

/** What it takes. */
export interface OriginParts {
  /** Where limits are kept: the tier that all processes share. */
  readonly store: Pick<Store, 'cells' | 'isRemote' | 'tier'>
  readonly clock: Clock
  readonly emit: Emit
  readonly warn: (message: string) => void
  /** Ends what is under way. */
  readonly closing: AbortSignal
  /** What ships for a service, if anything does. */
  readonly profileOf: (service: string) => Profile | undefined
  /** The declared services with their limits, for tools. */
  readonly declared: () => readonly DeclaredLimits[]
}

/** Opens it; nothing is sent or stored before the first call. */
export function openOrigin(parts: OriginParts): {
  readonly pipeline: OriginPipeline
  readonly limits: OriginLimits
} {
  const { store, clock, emit, warn, closing, profileOf, declared } = parts
  const limits = createLimits({
    cells: store.cells,
    isRemote: store.isRemote === true,
    clock,
    emit,
    warn,
    declared,
    closing,
    onAway: (error) => emit('tier-failed', { tier: store.tier, operation: 'limits', error }),
  })
  const random = Math.random
  return { limits, pipeline: createOriginPipeline({ clock, emit, limits, profileOf, closing, random }) }
}
