// The door for axios: what `cachette/axios` gives.
export type { CachedAnswerFacts, CachedResponse } from './axios-response.js'
export { type CachedAdapterOptions, createCachedAdapter } from './create-cached-adapter.js'
