// The service class: what most programs use. It translates calls in and answers out; caching is the engine's.
import { suggestName } from '../../config/nearest-name.js'
import { CachetteError, configError } from '../../errors/cachette-error.js'
import { fieldValue, firstValue } from '../../http/header-fields.js'
import { retryAtMs } from '../../http/retry-after.js'
import type { Because } from '../../model/because.js'
import type { ErrorCode } from '../../model/error-code.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { DeepReadonly } from '../../model/deep-readonly.js'
import type { HeaderList } from '../../model/header-list.js'
import type { Metrics } from '../../model/metrics.js'
import type { Outcome } from '../../model/outcome.js'
import type { Tier } from '../../model/tier.js'
import { answerData } from './answer-data.js'
import { CONNECTION, type Connectable, type Connection } from '../../model/connection.js'
import { defaultInstance } from './default-instance.js'
import type { ExternalOptions } from './external-options.js'
import { serviceRequest } from './service-request.js'

/** An answer with what is known of it. */
export interface ExternalAnswer<Data> {
  readonly data: Data
  readonly status: number
  /** Header fields by lower-case name; repeated ones are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly outcome: Outcome
  readonly because: Because
  /** How long ago the origin last vouched for it, in milliseconds. */
  readonly ageMs: number
  /** How long it stays fresh, in milliseconds. */
  readonly ttlMs: number
  readonly tier: Tier
}

/** Options of a service object. */
export interface ServiceObjectOptions {
  /** The instance to work on. Default: the one made from the environment and the config file. */
  cachette?: Connectable
}

/** Failures that a fallback never hides: they are mistakes to mend, not weather. */
const NEVER_HIDDEN: ReadonlySet<string> = new Set([
  'CACHETTE_CONFIG',
  'CACHETTE_CREDENTIALS',
  'CACHETTE_CLOSED',
])

/**
 * Calls one external API through the cache.
 *
 * ```ts
 * const api = new CachedExternalAPIService('my_service')
 * const data = await api.getExternal('https://api.example.com/data', { params: { query: 'test' }, ttlHours: 6 })
 * ```
 */
export class CachedExternalAPIService {
  /** The service's name: what its TTL variable, its metrics and its purges go by. */
  readonly service: string
  #connection: Connection | undefined
  readonly #isDefault: boolean

  /**
   * @param service 1 to 64 letters, digits, `_`, `-` or `.`; one that nobody declared gets the defaults
   * @throws CachetteError `CACHETTE_CONFIG` for a bad name, an unknown option or a bad variable of the environment
   */
  constructor(service: string, options: ServiceObjectOptions = {}) {
    for (const name of Object.keys(options)) {
      if (name !== 'cachette') throw configError(`unknown option "${name}"${suggestName(name, ['cachette'])}`)
    }
    this.service = service
    this.#isDefault = options.cachette === undefined
    this.#connection = connectionOf(options.cachette)
    if (this.#connection === undefined) defaultInstance().checkNow(service)
    else this.#connection.checkService(service)
  }

  /**
   * The data of a call: JSON parsed (frozen and shared unless `mutable`), `text/*` as a string, other types as bytes,
   * an empty body as null.
   *
   * @throws CachetteError `CACHETTE_ORIGIN_STATUS` for a status of 400 or more, from a cached one too;
   * `CACHETTE_INVALID_RESPONSE` for an error that calls itself 200; other codes
   * where there is no response. With `fallback`, that value is returned instead.
   */
  getExternal<T = unknown>(url: string, options: ExternalOptions & { mutable: true }): Promise<T>
  getExternal<T = unknown>(url: string, options?: ExternalOptions): Promise<DeepReadonly<T>>
  async getExternal<T>(url: string, options?: ExternalOptions): Promise<T | DeepReadonly<T>> {
    const connection = this.#connected() ?? (await this.#connectToDefault())
    try {
      const given = connection.answer(serviceRequest(this.service, url, options, connection))
      const answer = given instanceof Promise ? await given : given
      if (answer.status < 400 && answer.outcome !== 'failed')
        return answerData(answer, options?.mutable === true) as T
      throw statusError(this.service, answer, connection.nowMs())
    } catch (error) {
      if (isHidden(error, options)) return options?.fallback as T
      throw error
    }
  }

  /**
   * The same with everything known of the answer; resolves with any status.
   *
   * @throws CachetteError where there is no response and no `fallback`
   */
  fetchExternal<T = unknown>(
    url: string,
    options: ExternalOptions & { mutable: true },
  ): Promise<ExternalAnswer<T>>
  fetchExternal<T = unknown>(url: string, options?: ExternalOptions): Promise<ExternalAnswer<DeepReadonly<T>>>
  async fetchExternal<T>(
    url: string,
    options?: ExternalOptions,
  ): Promise<ExternalAnswer<T | DeepReadonly<T>>> {
    const connection = this.#connected() ?? (await this.#connectToDefault())
    try {
      const request = serviceRequest(this.service, url, options, connection)
      const answer = await connection.answer(request)
      const data = answerData(answer, options?.mutable === true) as T
      const { status, outcome, because, ageMs, ttlMs, tier } = answer
      const facts = { outcome, because, ageMs, ttlMs: Math.max(0, ttlMs), tier }
      return { data, status, headers: headerRecord(answer.headers), ...facts }
    } catch (error) {
      if (!isHidden(error, options)) throw error
      return {
        data: options?.fallback as T,
        status: 0,
        headers: {},
        outcome: 'failed',
        because: reasonOf(error),
        ageMs: 0,
        ttlMs: 0,
        tier: 'origin',
      }
    }
  }

  /** Figures of every process that shares the default instance's store, this one's unflushed ones included. */
  static async getGlobalMetrics(): Promise<Metrics> {
    return (await defaultInstance().open()).metrics()
  }

  /** Sets the figures of the default instance's store to zero, for all processes at once. */
  static async resetGlobalMetrics(): Promise<void> {
    await (await defaultInstance().open()).resetMetrics()
  }

  /** Closes the default instance; the next use opens another. */
  static async close(): Promise<void> {
    await defaultInstance().close()
  }

  #connected(): Connection | undefined {
    if (!this.#isDefault) return this.#connection
    const current = defaultInstance().current()?.[CONNECTION]
    return current === this.#connection ? current : undefined
  }

  async #connectToDefault(): Promise<Connection> {
    const connection = (await defaultInstance().open())[CONNECTION]
    if (connection !== this.#connection) {
      connection.checkService(this.service)
      this.#connection = connection
    }
    return connection
  }
}

function connectionOf(cachette: Connectable | undefined): Connection | undefined {
  if (cachette === undefined) return undefined
  const connection: unknown = typeof cachette === 'object' ? cachette[CONNECTION] : undefined
  if (connection !== undefined) return connection as Connection
  throw configError('option "cachette" is not an instance; expected what createCachette resolves with')
}

function isHidden(error: unknown, options: ExternalOptions | undefined): boolean {
  if (options === undefined || options.fallback === undefined) return false
  return CachetteError.is(error) && !NEVER_HIDDEN.has(error.code)
}

function reasonOf(error: unknown): Because {
  return (CachetteError.is(error) ? REASONS[error.code] : undefined) ?? 'origin-unreachable'
}

const REASONS: Readonly<Partial<Record<ErrorCode, Because>>> = Object.freeze({
  CACHETTE_TIMEOUT: 'origin-timeout',
  CACHETTE_INVALID_RESPONSE: 'invalid-response',
  CACHETTE_BODY_TOO_LARGE: 'invalid-response',
  CACHETTE_QUOTA: 'quota-spent',
  CACHETTE_COOLDOWN: 'cool-down',
  CACHETTE_BREAKER_OPEN: 'breaker-open',
})

function statusError(service: string, answer: CacheAnswer, nowMs: number): CachetteError {
  const { status, headers, url, attempts } = answer
  const isErrorInDisguise = status < 400
  return new CachetteError(
    isErrorInDisguise ? 'CACHETTE_INVALID_RESPONSE' : 'CACHETTE_ORIGIN_STATUS',
    `${service} answered ${status} to ${url}${isErrorInDisguise ? ' with an error for a body' : ''}; the error's data has the body`,
    {
      service,
      url,
      status,
      data: answerData(answer, false),
      attempts,
      retryAtMs: retryAtMs(firstValue(headers, 'retry-after'), nowMs),
    },
  )
}

function headerRecord(headers: HeaderList): Readonly<Record<string, string>> {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  return Object.fromEntries([...names].map((name) => [name, fieldValue(headers, name) ?? '']))
}
