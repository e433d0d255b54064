// The fetch door: `cachette/fetch`, the fetch signature over the cache.
export { createCachedFetch } from './cached-fetch.js'
export type { CachedFetch, CachedFetchInit } from './cached-fetch.js'
export type { CachedResponse, CacheReport } from './cached-response.js'
