// Callers in a loop: each asks for one path after another through a door, and every answer is held against what the origin
// would have sent.
import { setTimeout as pause } from 'node:timers/promises'

/** One call through a door, counted. A caller with a `limitMs` gives up after that time. */
export async function callOnce({ cachette, service, baseURL, path, door, limitMs, tally, ...call }) {
  const options =
    limitMs === undefined ? call.options : { ...call.options, signal: AbortSignal.timeout(limitMs) }
  const startedAtMs = Date.now()
  const startedMs = performance.now()
  try {
    const answer =
      door === 'fetch'
        ? await fetched(cachette, `${baseURL}${path}`, options)
        : await cachette.service(service).fetchExternal(`${baseURL}${path}`, options)
    const tookMs = performance.now() - startedMs
    tally.answered({ path, door, startedAtMs, tookMs, answer })
    const { outcome, because, tier, status, ageMs, ttlMs, data } = answer
    return { outcome, because, tier, status, ageMs, ttlMs, version: data?.version, tookMs }
  } catch (error) {
    const tookMs = performance.now() - startedMs
    tally.failed({ path, door, tookMs, error })
    return { code: (error.code?.startsWith?.('CACHETTE_') ? error : error.cause)?.code, tookMs }
  }
}

async function fetched(cachette, url, options) {
  const response = await cachette.fetch(url, options)
  const text = await response.text()
  const { outcome, because, tier, ageMs, ttlMs } = response.cachette
  return { outcome, because, tier, ageMs, ttlMs, status: response.status, data: parsed(text) }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * Starts callers. They end after `rounds` through the paths, or when `stop` is called.
 *
 * `paths`: `fixed` walks `prefix0` to `prefix<count-1>`; `unique` never asks for one twice; `moving` changes it every 50 ms, for
 * all processes alike.
 */
export function startLoad(spec, { cachette, tally }) {
  const {
    service,
    baseURL,
    prefix,
    paths = 'fixed',
    count = 1,
    callers,
    rounds,
    pauseMs = 0,
    options,
    limitMs,
  } = spec
  let isOver = false
  let made = 0

  function pathOf(step) {
    if (paths === 'moving') return `${prefix}${Math.floor(Date.now() / 50)}`
    if (paths === 'unique') return `${prefix}${(made += 1)}`
    return `${prefix}${step % count}`
  }

  async function callerLoop(index) {
    const door = (spec.door ?? 'both') === 'both' ? (index % 2 === 0 ? 'service' : 'fetch') : spec.door
    const steps = rounds === undefined ? Infinity : rounds * count
    for (let step = 0; step < steps && !isOver; step += 1) {
      const path = pathOf(step + index * 7)
      await callOnce({ cachette, service, baseURL, path, door, options, limitMs, tally })
      if (pauseMs > 0) await pause(pauseMs)
      // Callers who are answered from memory would otherwise never let anything else happen.
      else if (step % 32 === 31) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  const done = Promise.all(Array.from({ length: callers }, (_, index) => callerLoop(index)))
  return {
    done,
    async stop() {
      isOver = true
      await done
    },
  }
}
