// Cachette's doors in this process, each as its users call it: an instance in, a function that asks out.
import { Agent } from 'undici'
import { createCachedAdapter } from '../../dist/doors/axios/index.js'
import { cacheInterceptor } from '../../dist/doors/undici/index.js'
import axios from './axios.mjs'
import { SERVICE } from './cachette.mjs'
import { askFetch, askRequest } from './undici.mjs'

/** The service class. */
export function serviceDoor(cachette) {
  const api = cachette.service(SERVICE)
  return { ask: (url, headers) => api.getExternal(url, headers === undefined ? {} : { headers }), close() {} }
}

/** `cachette.fetch`. */
export function fetchDoor(cachette) {
  return {
    async ask(url, headers) {
      const response = await cachette.fetch(url, headers === undefined ? undefined : { headers })
      if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
      return response.json()
    },
    close() {},
  }
}

/** undici's `request` through the interceptor. */
export function undiciRequestDoor(cachette) {
  const dispatcher = new Agent().compose(cacheInterceptor(cachette))
  return { ask: (url, headers) => askRequest(dispatcher, url, headers), close: () => dispatcher.close() }
}

/** undici's `fetch` through the interceptor. */
export function undiciFetchDoor(cachette) {
  const dispatcher = new Agent().compose(cacheInterceptor(cachette))
  return { ask: (url, headers) => askFetch(dispatcher, url, headers), close: () => dispatcher.close() }
}

/** axios with the adapter; `options` are the adapter's. */
export function axiosDoor(cachette, options) {
  const client = axios.create({ adapter: createCachedAdapter(cachette, options), proxy: false })
  return { ask: async (url, headers) => (await client.get(url, { headers })).data, close() {} }
}
