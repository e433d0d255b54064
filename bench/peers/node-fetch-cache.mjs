// node-fetch-cache in memory, with a TTL since it does not look at cache headers.
import NodeFetchCache, { MemoryCache } from 'node-fetch-cache'

export const nodeFetchCache = {
  name: 'node-fetch-cache, memory',
  packages: ['node-fetch-cache'],
  open({ ttlMs }) {
    const fetch = NodeFetchCache.create({
      cache: new MemoryCache({ ttl: ttlMs }),
      shouldCacheResponse: (response) => response.ok,
    })
    return {
      async ask(url, headers) {
        const response = await fetch(url, { headers })
        if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
        return response.json()
      },
      close() {},
    }
  },
}
