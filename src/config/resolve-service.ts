// One service as the engine needs it: hosts, credentials, and its layers of settings.
import { configError } from '../errors/cachette-error.js'
import { normalisePercent } from '../http/canonical-url.js'
import type { Authorization, Environment, Profile, ProfileSettings } from '../model/profile.js'
import { checkShape } from './check-shape.js'
import { DEFAULT_SETTINGS } from './default-settings.js'
import { type HostMatcher, compileHosts } from './host-matcher.js'
import type { Layer } from './layers.js'
import { type RuleMatcher, compileRule, compileRuleLater } from './rule-matcher.js'
import {
  type CheckedServiceOptions,
  type CheckedSettings,
  baseUrlSchema,
  requestSettingsSchema,
} from './service-options.js'
import { type TtlEnvironment, ttlVariable } from './ttl-environment.js'

/** A rule, compiled. */
export interface ResolvedRule {
  readonly matches: RuleMatcher
  readonly layer: Layer
}

/** One service, ready for use. */
export interface ResolvedService {
  readonly name: string
  /** Without a trailing slash; undefined where only absolute URLs can be asked for. */
  readonly baseURL: string | undefined
  /** Hosts beside the base URL's. */
  readonly hosts: readonly string[]
  /** True for a URL of the service: on its hosts and, for a service with a profile, below its base path. */
  claims(url: URL): boolean
  /** True for a URL that may get the service's credentials: its own, and never less safe than the base URL. */
  ownsUrl(url: URL): boolean
  readonly equivalentHosts: Readonly<Record<string, string>>
  readonly authorization: Authorization
  readonly profile: Profile | undefined
  /** Settings without rules, weakest first. */
  readonly layers: readonly Layer[]
  /** Rules, weakest first. */
  readonly rules: readonly ResolvedRule[]
  readonly isNeverCached: RuleMatcher
  /** The TTL from the environment, above the rules. */
  readonly environmentTtl: Layer | undefined
}

/** What a service is made of. */
export interface ServiceSources {
  readonly name: string
  readonly options: CheckedServiceOptions
  readonly defaults: CheckedSettings
  /** `code` or `file`: what `explain` calls the options. */
  readonly from: string
  readonly profile: Profile | undefined
  readonly environment: Environment
  readonly ttls: TtlEnvironment
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/
const RESERVED = ['other', 'default']

/**
 * Puts a service together.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a bad name, a bad rule, or credentials that could go anywhere
 */
export function resolveService(sources: ServiceSources): ResolvedService {
  const { name, options, profile } = sources
  checkServiceName(name)
  const baseURL = moveBaseUrl(sources) ?? options.baseURL ?? profile?.baseURL
  const hosts = [
    ...(baseURL === undefined ? [] : [new URL(baseURL).host]),
    ...(profile?.hosts ?? []),
    ...(options.hosts ?? []),
  ]
  if (hosts.length === 0 && (options.headers !== undefined || options.params !== undefined)) {
    throw configError(
      `services.${name} sends headers or params of its own but has no baseURL or hosts; name the hosts that may get them`,
    )
  }
  const claims = compileClaim(compileHosts(hosts), profile === undefined ? undefined : baseURL)
  const authorization: Authorization = profile?.authorization(sources.environment) ?? { kind: 'none' }
  return Object.freeze({
    name,
    baseURL,
    hosts: hosts.slice(baseURL === undefined ? 0 : 1),
    claims,
    ownsUrl: (url: URL) => claims(url) && (url.protocol === 'https:' || mayGoPlain(url, baseURL)),
    equivalentHosts: profile?.equivalentHosts ?? {},
    authorization,
    profile,
    layers: baseLayers(sources),
    rules: resolveRules(sources),
    isNeverCached: compileAny(profile?.neverCache ?? [], `the profile of ${name}`),
    environmentTtl: environmentLayer(sources.ttls, ttlVariable(name)),
  })
}

/** Credentials go over plain http only where the operator's base URL says so, or to this machine. */
function mayGoPlain({ hostname }: URL, baseURL: string | undefined): boolean {
  if (baseURL !== undefined) return baseURL.startsWith('http:')
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** A known API may share its host with others, as Google's do: there the path decides too. */
function compileClaim(ownsHost: HostMatcher, profileBase: string | undefined): (url: URL) => boolean {
  const base = profileBase === undefined ? '' : new URL(profileBase).pathname.replace(/\/$/, '')
  const basePath = normalisePercent(base)
  return ({ host, pathname }) => {
    if (!ownsHost(host)) return false
    const path = normalisePercent(pathname)
    return path === basePath || path.startsWith(`${basePath}/`)
  }
}

/** @throws CachetteError `CACHETTE_CONFIG` where the name cannot be a service's */
export function checkServiceName(name: unknown): asserts name is string {
  if (typeof name === 'string' && NAME.test(name) && !RESERVED.includes(name.toLowerCase())) return
  const reserved = typeof name === 'string' && RESERVED.includes(name.toLowerCase())
  throw configError(
    reserved
      ? `service name ${JSON.stringify(name)} is reserved; choose another`
      : `service name is ${JSON.stringify(name)}; expected 1 to 64 letters, digits, "_", "-" or "."`,
  )
}

function moveBaseUrl({ profile, environment }: ServiceSources): string | undefined {
  const variable = profile?.baseURLVariable
  const value = variable === undefined ? undefined : environment[variable]
  for (const name of profile?.urlVariables ?? []) {
    if (environment[name] !== undefined) checkShape(baseUrlSchema, environment[name], name)
  }
  if (variable === undefined || value === undefined) return undefined
  return checkShape(baseUrlSchema, value, variable)
}

function baseLayers({ options, defaults, from, profile, ttls, name }: ServiceSources): readonly Layer[] {
  const layers: Layer[] = [
    { from: 'default', settings: DEFAULT_SETTINGS },
    { from: `defaults (${from})`, settings: defaults },
  ]
  const environment = environmentLayer(ttls, 'CACHE_TTL_DEFAULT_HOURS')
  if (environment !== undefined) layers.push(environment)
  if (profile !== undefined) layers.push({ from: 'service (profile)', settings: settingsOf(profile, name) })
  layers.push({ from: `service (${from})`, settings: pickSettings(options) })
  return layers
}

function resolveRules({ options, from, profile, name }: ServiceSources): readonly ResolvedRule[] {
  const shipped = (profile?.rules ?? []).map((rule) => ({
    matches: compileRuleLater(rule.match, `the profile of ${name}`),
    layer: { from: `rule ${rule.match} (profile)`, settings: settingsOf(rule, name) },
  }))
  const written = (options.rules ?? []).map(({ match, ...settings }, index) => ({
    matches: compileRule(match, `services.${name}.rules.${index}.match`),
    layer: { from: `rule ${match} (${from})`, settings },
  }))
  return [...shipped, ...written]
}

function environmentLayer(ttls: TtlEnvironment, variable: string): Layer | undefined {
  const ttl = ttls.get(variable)
  return ttl === undefined ? undefined : { from: `env ${variable}`, settings: { ttl } }
}

function settingsOf(given: ProfileSettings, name: string): CheckedSettings {
  const { ttl, negativeTtl, maxTtl, staleIfError, timeout, rateLimit, key } = given
  const written = Object.fromEntries(
    Object.entries({ ttl, negativeTtl, maxTtl, staleIfError, timeout, rateLimit, key }).filter(
      ([, value]) => value !== undefined,
    ),
  )
  return checkShape(requestSettingsSchema, written, `the profile of ${name}`)
}

function pickSettings(options: CheckedServiceOptions): CheckedSettings {
  const { baseURL: _baseURL, hosts: _hosts, rules: _rules, ...settings } = options
  return settings
}

function compileAny(patterns: readonly string[], name: string): RuleMatcher {
  const matchers = patterns.map((pattern) => compileRuleLater(pattern, name))
  return (path) => matchers.some((matches) => matches(path))
}
