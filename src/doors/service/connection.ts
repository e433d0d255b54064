// What ties a service object to an instance: the engine's answer, and the service's place in the configuration.
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import type { Metrics } from '../../model/metrics.js'
import type { Transport } from '../../model/transport.js'

/** An instance, as the service door sees it. */
export interface ServiceConnection {
  answer(request: CacheRequest): CacheAnswer | Promise<CacheAnswer>
  /** An absolute URL: relative ones are taken below the service's base URL. */
  resolveUrl(service: string, url: string): string
  /** Checks a name when a service object is made. */
  checkService(service: string): void
  readonly transport: Transport
  readonly nowMs: () => number
}

/** Where an instance keeps its connection. */
export const CONNECTION = Symbol('cachette.connection')

/** An instance that service objects can be made on. */
export interface Connectable {
  readonly [CONNECTION]: ServiceConnection
}

/** An open instance, as the statics of the service class need it. */
export type OpenInstance = Connectable & {
  metrics(options?: { history?: string }): Promise<Metrics>
  resetMetrics(): Promise<void>
}

/** The default instance, for service objects that were given none. */
export interface DefaultInstance {
  /** Checks what can be checked without waiting: the environment and the name. */
  checkNow(service: string): void
  /** The instance where it is open already. */
  current(): OpenInstance | undefined
  open(): Promise<OpenInstance>
  close(): Promise<void>
}

let resolver: DefaultInstance | undefined

/** Sets where the default instance comes from; the package's index does. */
export function setDefaultInstance(instance: DefaultInstance): void {
  resolver = instance
}

/** The default instance. */
export function defaultInstance(): DefaultInstance {
  if (resolver === undefined) throw new TypeError('import the service class from "cachette"')
  return resolver
}
