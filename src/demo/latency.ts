// How long the demo's APIs take to answer: log-normal between two bounds, decided by seed and request. Pure.
import { createRandom, hashOf } from './random.js'

/** Bounds in milliseconds, `min` not above `max`. */
export interface LatencyBounds {
  readonly min: number
  readonly max: number
}

/** What real APIs on a good day look like. */
export const DEFAULT_LATENCY_MS: LatencyBounds = Object.freeze({ min: 50, max: 300 })

/**
 * The delay of one call in milliseconds. The logarithm is normal around the middle of the bounds, which lie two
 * standard deviations away; what falls beyond is set to the bound. `subject` names the call.
 */
export function latencyOf(bounds: LatencyBounds, seed: number, subject: string): number {
  const random = createRandom(hashOf(`latency ${seed} ${subject}`))
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const position = Math.min(1, Math.max(0, (normal + 2) / 4))
  // One is added and taken off again, so that a lower bound of 0 has a logarithm.
  return (bounds.min + 1) * ((bounds.max + 1) / (bounds.min + 1)) ** position - 1
}
