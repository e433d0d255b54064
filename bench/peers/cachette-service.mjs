// Cachette's service class as the behaviour bench asks it: with its defaults, and allowed to serve stale answers at once.
import { cachetteVersion } from '../shared/machine.mjs'
import { openCachette } from './cachette.mjs'

function peerOf(name, options) {
  return {
    name,
    version: cachetteVersion(),
    async open({ origin, ttlMs }) {
      const { api, close } = await openCachette({ origin, service: { ttl: ttlMs, ...options } })
      return { ask: (url, headers) => api.getExternal(url, headers === undefined ? {} : { headers }), close }
    },
  }
}

const service = peerOf('**Cachette**, service class', {})
const whileRevalidating = peerOf('**Cachette**, `staleWhileRevalidate`', { staleWhileRevalidate: '1m' })

/** Both rows; only the first where this version refuses the option. */
export async function cachettePeers() {
  try {
    const { close } = await whileRevalidating.open({ origin: { url: 'http://127.0.0.1:1' }, ttlMs: 1000 })
    await close()
    return [service, whileRevalidating]
  } catch (error) {
    if (error.code !== 'CACHETTE_CONFIG') throw error
    return [service]
  }
}
