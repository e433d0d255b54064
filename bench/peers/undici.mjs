// undici's cache interceptor, asked through request and through fetch, and with its deduplicating interceptor.
import { Agent, fetch, interceptors, request } from 'undici'

const fiveMinutesMs = 300_000

function dispatcherOf({ byOption }, ...before) {
  const options = byOption ? { cacheByDefault: fiveMinutesMs } : {}
  return new Agent().compose(...before, interceptors.cache(options))
}

/** Asks through `request`, and fails where the answer is an error. */
export async function askRequest(dispatcher, url, headers) {
  const { statusCode, body } = await request(url, { dispatcher, headers })
  if (statusCode >= 400) throw new Error(`status ${statusCode}: ${await body.text()}`)
  return body.json()
}

/** The same through `fetch`. */
export async function askFetch(dispatcher, url, headers) {
  const response = await fetch(url, { dispatcher, headers })
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
  return response.json()
}

function open(ask, dispatcher) {
  return { ask: (url, headers) => ask(dispatcher, url, headers), close: () => dispatcher.close() }
}

export const undiciRequest = {
  name: 'undici `cache()`, `request`',
  packages: ['undici'],
  hasOption: true,
  open: (options) => open(askRequest, dispatcherOf(options)),
}

export const undiciFetch = {
  name: 'undici `cache()`, `fetch`',
  packages: ['undici'],
  hasOption: true,
  open: (options) => open(askFetch, dispatcherOf(options)),
}

export const undiciDeduplicate = {
  name: 'undici `cache()` + `deduplicate()`',
  packages: ['undici'],
  hasOption: true,
  open: (options) => open(askRequest, dispatcherOf(options, interceptors.deduplicate())),
}
