// Cachette as the behaviour bench asks it: through every door, for a declared service and for a host that nobody declared.
import { cachetteVersion } from '../shared/machine.mjs'
import { axiosDoor, fetchDoor, serviceDoor, undiciFetchDoor, undiciRequestDoor } from './cachette-doors.mjs'
import { openHooked } from './cachette-register.mjs'
import { openCachette } from './cachette.mjs'

const DOORS = [
  { name: '`cachette.fetch`', open: inProcess(fetchDoor) },
  { name: 'interceptor, `request`', open: inProcess(undiciRequestDoor) },
  { name: 'interceptor, `fetch`', open: inProcess(undiciFetchDoor) },
  { name: 'axios adapter', open: inProcess((cachette) => axiosDoor(cachette)) },
  { name: 'register, `fetch`', open: (settings) => openHooked('fetch', settings) },
  { name: 'register, `http.get`', open: (settings) => openHooked('http', settings) },
]

/** A row per door and kind of host; the service class has declared services only. */
export const everyDoor = [
  declared({ name: '`getExternal`', open: inProcess(serviceDoor) }),
  ...DOORS.map(declared),
  ...DOORS.map(undeclared),
]

/** A service is told in its options what the origin says in its headers. */
function declared({ name, open }) {
  return {
    name: `**Cachette** ${name}, service`,
    version: cachetteVersion(),
    open: ({ origin, ttlMs, mayServeStale }) =>
      open({ origin, service: { ttl: ttlMs, ...(mayServeStale ? { staleWhileRevalidate: '1m' } : {}) } }),
  }
}

function undeclared({ name, open }) {
  return {
    name: `**Cachette** ${name}, undeclared`,
    version: cachetteVersion(),
    hasOption: true,
    open: ({ origin, byOption }) =>
      open({ origin, isDeclared: false, defaultTtlHours: byOption ? 1 : undefined }),
  }
}

/** `openDoor` takes an instance and gives a function that asks through it. */
function inProcess(openDoor) {
  return async ({ defaultTtlHours, ...settings }) => {
    const http = defaultTtlHours === undefined ? {} : { defaultTtl: `${defaultTtlHours}h` }
    const { cachette, close: closeInstance } = await openCachette({ ...settings, http })
    const { ask, close } = openDoor(cachette)
    return {
      ask,
      async close() {
        await close()
        await closeInstance()
      },
    }
  }
}
