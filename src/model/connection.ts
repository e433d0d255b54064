// What ties a door to an instance.
import type { CacheAnswer } from './cache-answer.js'
import type { CacheRequest } from './cache-request.js'
import type { Transport } from './transport.js'

/** An instance, as its doors see it. */
export interface Connection {
  /** The answer: at once for a fresh entry near at hand, else as a promise. */
  answer(request: CacheRequest): CacheAnswer | Promise<CacheAnswer>
  /** The name of the service that claims a URL; `other` where none does. */
  claim(url: string): string
  /** An absolute URL: relative ones are taken below the service's base URL. */
  resolveUrl(service: string, url: string): string
  /** Checks a name when a service object is made. */
  checkService(service: string): void
  /** The instance's own network. */
  readonly transport: Transport
  readonly nowMs: () => number
}

/** Where an instance keeps its connection. */
export const CONNECTION = Symbol('cachette.connection')

/** An instance that doors can be opened on. */
export interface Connectable {
  readonly [CONNECTION]: Connection
}

/** The connection of whatever a door was given; undefined where that is no instance. */
export function connectionIn(given: unknown): Connection | undefined {
  return typeof given === 'object' && given !== null ? (given as Partial<Connectable>)[CONNECTION] : undefined
}
