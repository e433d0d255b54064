// Caches that know nothing of HTTP: the caller brings the fetch, the key and the TTL.
import { cachified as cachifiedGet } from '@epic-web/cachified'
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { Cacheable } from 'cacheable'
import { LRUCache } from 'lru-cache'

const anHourMs = 3_600_000

async function fetchJson(url, headers) {
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
  return response.json()
}

export const cachified = {
  name: 'cachified + lru-cache',
  packages: ['@epic-web/cachified', 'lru-cache'],
  keysAreTheCallers: true,
  open({ ttlMs }) {
    const cache = new LRUCache({ max: 1000 })
    return {
      ask: (url, headers) =>
        cachifiedGet({
          key: url,
          cache,
          ttl: ttlMs,
          staleWhileRevalidate: anHourMs,
          getFreshValue: () => fetchJson(url, headers),
        }),
      close() {},
    }
  },
}

function openBento({ ttlMs }, driverOptions) {
  const bento = new BentoCache({
    default: 'memory',
    stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 1000, ...driverOptions })) },
  })
  return {
    ask: (url, headers) =>
      bento.getOrSet({
        key: url,
        ttl: ttlMs,
        grace: anHourMs,
        timeout: 0,
        factory: () => fetchJson(url, headers),
      }),
    close: () => bento.disconnectAll(),
  }
}

export const bentocache = {
  name: 'bentocache',
  packages: ['bentocache'],
  keysAreTheCallers: true,
  open: (options) => openBento(options, {}),
}

export const bentocacheUnserialised = {
  name: 'bentocache, `serialize: false`',
  packages: ['bentocache'],
  keysAreTheCallers: true,
  open: (options) => openBento(options, { serialize: false }),
}

export const cacheable = {
  name: 'cacheable, `getOrSet`',
  packages: ['cacheable'],
  keysAreTheCallers: true,
  open({ ttlMs }) {
    const cache = new Cacheable()
    return {
      ask: (url, headers) =>
        cache.getOrSet(url, () => fetchJson(url, headers), { ttl: ttlMs, throwErrors: true }),
      close: () => cache.disconnect(),
    }
  },
}
