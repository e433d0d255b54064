// What the typed services share: paths from ids, options split into parameters and call options, and `get`.
import type { ParamValue } from '../model/cache-request.js'
import type { DeepReadonly } from '../model/deep-readonly.js'
import {
  CachedExternalAPIService,
  type ServiceObjectOptions,
} from '../doors/service/cached-external-api-service.js'
import type { ExternalOptions } from '../doors/service/external-options.js'

/** Options that every method of a typed service takes beside the parameters of its endpoint. */
export type ProviderCallOptions = Pick<
  ExternalOptions,
  'ttlHours' | 'fallback' | 'mutable' | 'signal' | 'tags' | 'refresh' | 'headers'
>

/** Turns an option's name and value into those of the API's parameter. */
export interface ParamStyle {
  readonly nameOf: (option: string) => string
  readonly valueOf: (value: ParamValue) => ParamValue
}

/** Parameters by the API's own names. */
export type ApiParams = Readonly<Record<string, ParamValue>>

const CALL_OPTIONS: ReadonlySet<string> = new Set<keyof ProviderCallOptions>([
  'ttlHours',
  'fallback',
  'mutable',
  'signal',
  'tags',
  'refresh',
  'headers',
])

/** The base of the typed services. */
export abstract class ProviderService {
  readonly #api: CachedExternalAPIService
  readonly #style: ParamStyle

  constructor(service: string, style: ParamStyle, options: ServiceObjectOptions = {}) {
    this.#api = new CachedExternalAPIService(service, options)
    this.#style = style
  }

  /**
   * Any other GET of the API, cached like the rest. `path` is below the base URL and starts with `/`; a whole
   * URL, such as the `next` of a page, is taken as it is. `params` go by the API's own names.
   *
   * @throws TypeError where the path is neither
   */
  async get<T = unknown>(
    path: string,
    params: ApiParams = {},
    options: ProviderCallOptions = {},
  ): Promise<DeepReadonly<T>> {
    if (!/^(\/|https?:\/\/)/.test(path)) {
      throw new TypeError(`get needs a path that starts with "/", got ${JSON.stringify(path)}`)
    }
    return this.#api.getExternal<T>(path, { ...options, params: { ...params } })
  }

  /**
   * Loads what stands under the segments, which are encoded. Options that are no call options become parameters
   * by the API's style; `params` are taken as they are.
   */
  protected async load<T>(
    segments: readonly (string | number)[],
    options: object,
    params: ApiParams = {},
  ): Promise<DeepReadonly<T>> {
    const path = segments.map((segment) => `/${encodeSegment(segment)}`).join('')
    const external: Record<string, unknown> = {}
    const merged: Record<string, ParamValue> = {}
    for (const [name, value] of Object.entries(options)) {
      if (CALL_OPTIONS.has(name)) external[name] = value
      else merged[this.#style.nameOf(name)] = this.#style.valueOf(value as ParamValue)
    }
    return this.#api.getExternal<T>(path, { ...external, params: { ...merged, ...params } })
  }
}

/** A segment of a path. Empty ones and those that would climb the path are mistakes of the caller. */
function encodeSegment(segment: string | number): string {
  const isUsable =
    typeof segment === 'number'
      ? Number.isSafeInteger(segment) && segment >= 0
      : typeof segment === 'string' && segment.trim() !== '' && segment !== '.' && segment !== '..'
  if (!isUsable) throw new TypeError(`expected an id, got ${JSON.stringify(segment)}`)
  return encodeURIComponent(segment)
}
