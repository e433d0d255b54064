// The only wiring: options in; tiers, origin pipeline, engine and events out.
import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { checkShape, optionsObject } from './config/check-shape.js'
import { suggestName } from './config/nearest-name.js'
import { setMaxListeners } from 'node:events'
import type { CachetteOptions } from './config/cachette-options.js'
import { readDuration, DURATION_FORM } from './config/durations.js'
import { createPolicyResolver } from './config/policy-resolver.js'
import { type ResolvedConfig, resolveConfig } from './config/resolve-config.js'
import { UNCLAIMED } from './model/unclaimed.js'
import { checkServiceName } from './config/resolve-service.js'
import { type CachedFetch, createCachedFetch } from './doors/fetch/index.js'
import { CachedExternalAPIService } from './doors/service/cached-external-api-service.js'
import { CONNECTION, type Connection } from './model/connection.js'
import type { ExternalOptions } from './doors/service/external-options.js'
import { serviceRequest } from './doors/service/service-request.js'
import { keyPartsOf } from './decide/key-parts.js'
import { createAskOrigin } from './engine/ask-origin.js'
import { createBypass } from './engine/bypass.js'
import { createEngine } from './engine/engine.js'
import { explainCall } from './engine/explain.js'
import { createKeyHasher } from './engine/key-hasher.js'
import { createLeases } from './engine/leases.js'
import { type KnownCall, prepareCall } from './engine/prepared-call.js'
import { createRecorder } from './engine/recorder.js'
import { createStoreAnswers } from './engine/store-answers.js'
import { createTiers } from './engine/tiers.js'
import { CachetteError, configError } from './errors/cachette-error.js'
import { createCounters } from './events/counters.js'
import { EVENT_NAMES, createEventBus } from './events/event-bus.js'
import { metricsOf } from './events/metrics-view.js'
import { type ListOptions, createEntries } from './instance/entries.js'
import { declaredLimits } from './instance/declared-limits.js'
import { keepHouse } from './instance/housekeeping.js'
import { MEMO_SHARE, openConfigured } from './instance/open-configured.js'
import { onProcessExit } from './instance/process-exit.js'
import { claimingService, createClaim, servicesOf } from './instance/services.js'
import type { EntryDetails, EntrySummary, Explanation, PurgeRequest } from './model/entry-summary.js'
import type { BudgetLevel, QuotaState } from './model/limits.js'
import type { Metrics } from './model/metrics.js'
import type { EventMap, EventName } from './model/request-event.js'
import type { Store, StoreHealth } from './model/store.js'
import type { CleanReport, ServiceInfo } from './model/tool-reports.js'
import { openOrigin } from './origin/open-origin.js'
import { createUndiciTransport } from './origin/undici-transport.js'
import { booksProfile } from './providers/books/profile.js'
import { spotifyProfile } from './providers/spotify/profile.js'
import { tmdbProfile } from './providers/tmdb/profile.js'

/** One cache: its services, its figures, its entries. */
export interface Cachette {
  readonly [CONNECTION]: Connection
  /** The service class on this instance; the same object for the same name. */
  service(name: string): CachedExternalAPIService
  /**
   * The fetch signature, through the cache: declared services by their settings, other hosts as RFC 9111 has it.
   * Redirects, cache modes, streams and aborts are as in fetch; responses carry the outcome.
   */
  readonly fetch: CachedFetch
  /** Declared services and those that ship a profile. */
  services(): readonly ServiceInfo[]
  /** The name of the service that claims a URL. */
  claimingService(url: string): string
  /**
   * Figures of every process that shares the store, this one's unflushed ones included.
   *
   * `history` is a duration such as `'7d'`, at most 7 days: one row per minute, oldest first.
   */
  metrics(options?: { history?: string }): Promise<Metrics>
  /** Sets the figures to zero, in one step for all processes. */
  resetMetrics(): Promise<void>
  /**
   * Purges by service, URL, tag, or all; several fields must all match. `soft` makes entries stale instead. Every
   * process on the store sees it within 100 ms. `removed` is null: a mark is drawn, and nothing counted.
   */
  purge(request: PurgeRequest): Promise<{ readonly removed: number | null }>
  /** Removes entries past `removeAtMs` or under a purge, and with `stale` all that are no longer fresh. */
  cleanExpired(options?: { stale?: boolean }): Promise<CleanReport>
  /** Entries of the store, a page at a time. */
  list(
    options?: ListOptions,
  ): Promise<{ readonly entries: readonly EntrySummary[]; readonly cursor?: string }>
  /** One entry with its data, or undefined. */
  entry(key: string): Promise<EntryDetails | undefined>
  /**
   * Why a call would be answered as it would. Left out, `service` is the one that claims the URL's host; where none does,
   * the call is explained as HTTP doors would make it.
   */
  explain(url: string, options?: ExternalOptions & { service?: string }): Promise<Explanation>
  /** Budgets of every service of which something is declared or known, their levels and cool-downs. */
  quotas(): Promise<readonly QuotaState[]>
  /** Forgets what was spent and learned, and ends cool-downs, of a service or of all, for every process. */
  resetQuota(service?: string): Promise<void>
  /** Listens to an event; the returned function stops. */
  on<Name extends EventName>(name: Name, listener: (event: EventMap[Name]) => void): () => void
  /** The state of the tiers, nearest first. */
  health(): Promise<{ readonly isHealthy: boolean; readonly tiers: readonly StoreHealth[] }>
  /** Finishes the calls under way, flushes the figures, closes the store: within 5 s. */
  close(): Promise<void>
}

/** The profiles that ship with the package. */
export const PROFILES = Object.freeze([tmdbProfile, spotifyProfile, booksProfile])

/** How the default instance differs from one made in code. */
export interface InstanceOrigin {
  readonly from: 'code' | 'file'
  readonly root: string
  /** What relative folders are relative to. */
  readonly folder: string
  /** A variable that names the store, over the options. */
  readonly environmentStore?: { readonly variable: string; readonly value: string }
  readonly defaultStore?: string
  /** The jitter of services that set none, 0 to 1. */
  readonly defaultJitter?: number
}

const metricsSchema = optionsObject({ history: v.optional(v.string(DURATION_FORM)) })

const CLOSE_WITHIN_MS = 5_000
/** How long `close` waits for calls under way. */
const CUT_OFF_AFTER_MS = 4_000
const MAX_HISTORY_MS = 7 * 86_400_000
const MINUTE_MS = 60_000

/**
 * Makes a cache. Reads no file; reads the environment for TTLs, base URLs and credentials.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a wrong option or variable, naming it, its value and what is expected
 */
export async function createCachette(options: CachetteOptions = {}): Promise<Cachette> {
  return openCachette(options, { from: 'code', root: 'createCachette', folder: process.cwd() })
}

/** Makes a cache from options that came from anywhere. */
export async function openCachette(options: unknown, origin: InstanceOrigin): Promise<Cachette> {
  const config = resolveConfig({ ...origin, options, profiles: PROFILES })
  const { clock } = config
  const bus = createEventBus()
  const warned = new Set<string>()
  const warn = (message: string): void => {
    if (warned.has(message)) return
    warned.add(message)
    bus.emit('warning', { message })
    process.emitWarning(`cachette: ${message}`, 'CachetteWarning')
  }
  const stores = await openConfigured(config, origin.folder, {
    warn,
    onFrontFailure: (failure) => bus.emit('tier-failed', failure),
  })
  const key = await secretFor(config, stores.shared, warn)
  const hasher = createKeyHasher(key.secret)
  const tiers = await createTiers({ ...stores, clock, bus, isProcessOnly: key.isProcessOnly })
  const noteFigures = warnOfFigures(warn)
  const counters = await createCounters(stores.shared.ledger, clock, noteFigures)
  const policyOf = createPolicyResolver()
  const preparer = { serviceOf: config.service, policyOf, hasher }
  const cutOff = new AbortController()
  // Every call under way listens.
  setMaxListeners(0, cutOff.signal)
  const { pipeline, limits } = openOrigin({
    store: stores.shared,
    clock,
    emit: bus.emit,
    warn,
    closing: cutOff.signal,
    profileOf: (name) => config.service(name).profile,
    declared: () => declaredLimits(config, policyOf),
  })
  const countOriginCall = (service: string): void => counters.countOriginCalls(service, 1)
  const claim = createClaim(config)
  const placeOf = (href: string): { service: string; purgeUrl: string } => {
    const service = config.service(claim(href))
    const url = new URL(href)
    const policy = policyOf({ service, url, callTtlMs: undefined, isHttp: true })
    const { purgeUrl } = keyPartsOf({
      url: href,
      params: {},
      headers: [],
      policy,
      isOwnUrl: false,
      hasAuthorization: false,
    })
    return { service: service.name, purgeUrl }
  }
  const budgetOf = ({ service, identity, policy }: KnownCall): BudgetLevel =>
    limits.levelOf({ service: service.name, identity }, policy.quotas)
  const answers = createStoreAnswers({ clock, bus, tiers, hasher })
  const engine = createEngine({
    clock,
    tiers,
    preparer,
    askOrigin: createAskOrigin({
      clock,
      bus,
      pipeline,
      answers,
      countOriginCall,
      countDrift: (service) => counters.countDrift(service),
      openWriter: tiers.openWriter,
      hasher,
    }),
    bypassCache: createBypass({ clock, bus, tiers, pipeline, countOriginCall, placeOf }),
    claim,
    bus,
    leases: createLeases(stores.shared.cells, clock),
    budgetOf,
    waitUntil: config.waitUntil,
    recorder: createRecorder({
      clock,
      bus,
      counters,
      redact(request) {
        const { parts, key: callKey, bypass } = prepareCall(request, preparer)
        return { url: parts.redactedUrl, key: callKey, isCached: bypass === undefined }
      },
    }),
    memoBytes: (config.memory === false ? 64 * 1024 ** 2 : config.memory.maxBytes) * MEMO_SHARE,
  })
  const network = createUndiciTransport()
  const connection: Connection = {
    answer: engine.answer,
    claim,
    resolveUrl: (service, url) => resolveUrl(config, service, url),
    checkService(service) {
      checkServiceName(service)
      config.service(service)
    },
    transport: network.transport,
    nowMs: () => clock.nowMs(),
  }
  const entries = createEntries({ config, policyOf, tiers, bus, clock })
  const forgetExit = onProcessExit(counters)
  const stopHousekeeping = keepHouse(stores.shared, clock)
  const objects = new Map<string, CachedExternalAPIService>()
  let cachedFetch: CachedFetch | undefined
  let closing: Promise<void> | undefined

  /** What is under way or being read after a while is cut off, so that what was counted and stored is kept. */
  async function closeAll(): Promise<void> {
    stopHousekeeping()
    const settled = engine.close(cutOff.signal)
    await Promise.race([
      settled,
      new Promise<void>((resolve) => void clock.setTimer(resolve, CUT_OFF_AFTER_MS)),
    ])
    cutOff.abort()
    await settled
    await network.close()
    await counters.close()
    forgetExit()
    await stores.shared.close()
    if (stores.near !== undefined && stores.near !== stores.shared) await stores.near.close()
  }

  /** After `close` every method says so, whatever the store would say. */
  function whileOpen<Args extends unknown[], Result>(
    work: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return (...args) =>
      closing === undefined
        ? work(...args)
        : Promise.reject(
            new CachetteError('CACHETTE_CLOSED', 'this cachette instance is closed; create another one'),
          )
  }

  const cachette: Cachette = {
    [CONNECTION]: connection,
    service(name) {
      const known = objects.get(name)
      if (known !== undefined) return known
      const made = new CachedExternalAPIService(name, { cachette })
      objects.set(name, made)
      return made
    },
    get fetch() {
      cachedFetch ??= createCachedFetch(cachette)
      return cachedFetch
    },
    services: () => servicesOf(config),
    claimingService: (url) => claimingService(config, url),
    metrics: whileOpen(async (options = {}) => {
      const { history } = checkShape(metricsSchema, options, 'metrics')
      const historyMs = historyOf(history)
      await counters.flush()
      const fromMinute =
        historyMs === undefined ? {} : { fromMinute: Math.floor((clock.nowMs() - historyMs) / MINUTE_MS) }
      return metricsOf(await stores.shared.ledger.figures(fromMinute), {
        hasHistory: historyMs !== undefined,
      })
    }),
    resetMetrics: whileOpen(async () => {
      await stores.shared.ledger.reset(clock.nowMs())
      await counters.restart()
    }),
    purge: whileOpen(entries.purge),
    cleanExpired: whileOpen(entries.cleanExpired),
    list: whileOpen(entries.list),
    entry: whileOpen(entries.entry),
    explain: whileOpen(async (url, { service, ...call } = {}) => {
      const name = service ?? claim(url)
      const request = serviceRequest(name, url, call, connection)
      // Nobody but the HTTP doors calls hosts that no service claims.
      const asked =
        name === UNCLAIMED ? { ...request, options: { ...request.options, isHttp: true } } : request
      return explainCall(asked, { clock, tiers, preparer, budgetOf })
    }),
    quotas: whileOpen(limits.states),
    resetQuota: whileOpen(async (service) => {
      if (service !== undefined) checkServiceName(service)
      await limits.reset(service)
    }),
    on(name, listener) {
      if (EVENT_NAMES.includes(name)) return bus.on(name, listener)
      throw configError(`on: unknown event "${String(name)}"${suggestName(String(name), EVENT_NAMES)}`)
    },
    health: whileOpen(async () => {
      const near =
        stores.near === undefined || stores.near === stores.shared ? [] : [await stores.near.health()]
      const all = [...near, await stores.shared.health()]
      return { isHealthy: all.every(({ problem }) => problem === undefined), tiers: all }
    }),
    close() {
      closing ??= within(closeAll(), CLOSE_WITHIN_MS)
      return closing
    },
  }
  return cachette
}

/** The secret under which credentials enter keys: from the environment, else from the store. */
async function secretFor(
  { secretText }: ResolvedConfig,
  shared: Store,
  warn: (message: string) => void,
): Promise<{ readonly secret: Uint8Array; readonly isProcessOnly: boolean }> {
  if (secretText !== undefined) {
    return { secret: createHash('sha256').update(`cachette ${secretText}`).digest(), isProcessOnly: false }
  }
  try {
    return { secret: await shared.secret(), isProcessOnly: false }
  } catch (error) {
    warn(`the store gave no secret (${String(error)}); keys hold for this process alone`)
    return { secret: randomBytes(32), isProcessOnly: true }
  }
}

/** Says once that figures could not be written, whatever the reasons are. */
function warnOfFigures(warn: (message: string) => void): (error: unknown) => void {
  let isTold = false
  return (error) => {
    if (isTold) return
    isTold = true
    warn(`figures could not be written (${String(error)}); they are kept for the next try`)
  }
}

function resolveUrl(config: ResolvedConfig, serviceName: string, url: string): string {
  if (url.startsWith('https://') || url.startsWith('http://') || /^[a-z][a-z0-9+.-]*:/i.test(url)) return url
  const { baseURL } = config.service(serviceName)
  if (baseURL === undefined) return url
  return url.startsWith('/')
    ? `${baseURL}${url}`
    : url.startsWith('?') || url === ''
      ? `${baseURL}${url}`
      : `${baseURL}/${url}`
}

function historyOf(history: string | undefined): number | undefined {
  if (history === undefined) return undefined
  const historyMs = readDuration(history)
  if (historyMs !== undefined && historyMs <= MAX_HISTORY_MS) return historyMs
  throw configError(
    `metrics: history is ${JSON.stringify(history)}; expected at most '7d', as ${DURATION_FORM}`,
  )
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<void>((_, reject) => {
    timer = setTimeout(
      () => reject(new CachetteError('CACHETTE_STORE', `close took longer than ${limitMs} ms`)),
      limitMs,
    )
  })
  await Promise.race([work, tooLate]).finally(() => clearTimeout(timer))
}
