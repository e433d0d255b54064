// Which calls the demo's APIs refuse, decided by seed, request and how often it was asked: never by the order
// in which different requests happen to arrive. Pure.
import { createRandom, hashOf } from './random.js'

/** What goes wrong now and then: too many requests (429), or the service being away (503). */
export type Fault = 'too-many-requests' | 'unavailable'

/** The share of calls that fail when nothing else is said. */
export const DEFAULT_FAULT_RATE = 0.01

/** The fault of one call, or undefined; two in three are refusals for asking too often. */
export function faultOf(faultRate: number, seed: number, subject: string): Fault | undefined {
  const random = createRandom(hashOf(`fault ${seed} ${subject}`))
  if (random() >= faultRate) return undefined
  return random() < 2 / 3 ? 'too-many-requests' : 'unavailable'
}
