// The admin over an instance in this process.
import type { Cachette } from '../create-cachette.js'
import type { ExternalOptions } from '../doors/service/external-options.js'
import type { Admin, CallDescription } from './admin.js'
import { findByKey } from './find-entry.js'

/** An {@link Admin} that speaks to an instance; closing it closes the instance. */
export function createLocalAdmin(instance: Cachette): Admin {
  const serviceOf = (url: string, service: string | undefined): string =>
    service ?? instance.claimingService(url)
  let closing: Promise<void> | undefined
  return {
    metrics: (options) => instance.metrics(options),
    resetMetrics: () => instance.resetMetrics(),
    cleanExpired: (options) => instance.cleanExpired(options),
    purge: (request) => instance.purge(request),
    list: (query) => instance.list(query),
    async entry(keyOrUrl, { service, ...call } = {}) {
      if (!/^https?:\/\//i.test(keyOrUrl)) return findByKey(instance, keyOrUrl)
      const { key, entry } = await instance.explain(keyOrUrl, {
        ...callOptions(call),
        ...(service === undefined ? {} : { service }),
      })
      // Explaining looked it up and so brought it to the memory of this process: tell where it was before.
      const details = await instance.entry(key)
      return details === undefined ? undefined : { ...details, tier: entry?.tier ?? details.tier }
    },
    async explain(url, { service, ...call } = {}) {
      return instance.explain(url, { ...callOptions(call), ...(service === undefined ? {} : { service }) })
    },
    async serviceFor(url, service) {
      return instance.service(serviceOf(url, service)).service
    },
    async get(url, { service, ttlHours, refresh, signal, ...call } = {}) {
      return instance.service(serviceOf(url, service)).fetchExternal(url, {
        ...callOptions(call),
        ...(ttlHours === undefined ? {} : { ttlHours }),
        ...(refresh === undefined ? {} : { refresh }),
        ...(signal === undefined ? {} : { signal }),
      })
    },
    services: () => Promise.resolve(instance.services()),
    quotas: () => instance.quotas(),
    resetQuota: (service) => instance.resetQuota(service),
    onRequest: (listener) => instance.on('request', listener),
    health: () => instance.health(),
    close: () => (closing ??= instance.close()),
  }
}

function callOptions({ params, headers }: CallDescription): ExternalOptions {
  return {
    ...(params === undefined ? {} : { params: { ...params } }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  }
}
