// The default instance, for service objects that were given none.
import type { Connectable } from '../../model/connection.js'
import type { Metrics } from '../../model/metrics.js'

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
