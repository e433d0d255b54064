// What a caller of the service class may say about one call.
import type { ParamValue } from '../../model/cache-request.js'

/** Options of `getExternal` and `fetchExternal`. */
export interface ExternalOptions {
  /** The HTTP method. Default `GET`. */
  method?: string
  /** Query parameters; `null` and `undefined` are left out, arrays repeat the name. */
  params?: Record<string, ParamValue>
  /** Request headers. All but a documented few take part in the key. */
  headers?: Record<string, string>
  /** The request body. */
  body?: string | Uint8Array
  /** A value sent as a JSON body with its content type. Not together with `body`. */
  json?: unknown
  /** How long the answer stays fresh, in hours, fractions allowed; wins over every other TTL. */
  ttlHours?: number
  /** Returned instead of an error when nothing can be served. */
  fallback?: unknown
  /** True gives this caller a copy of JSON that may be changed. Default false: frozen and shared. */
  mutable?: boolean
  /** Aborting rejects this caller alone, with the signal's reason. */
  signal?: AbortSignal
  /** Names under which the stored answer can be purged. */
  tags?: string[]
  /** True asks the origin whatever is stored. Default false. */
  refresh?: boolean
}
