// A program as users write them, on the built package, told what to do by lines of JSON: `{ id, action, … }`. It answers each
// with `{ id, result }` or `{ id, error }`, in any order, and says unasked what was stored: `{ stored: key }`.
import { readdirSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createCachette } from '../../../dist/index.js'
import { wrongIn } from './content.mjs'
import { callOnce, startLoad } from './load.mjs'
import { createMovableClock } from './movable-clock.mjs'
import { createTally } from './tally.mjs'

const clock = createMovableClock()
/** Versions that callers must not go below; all loads know them. */
const floors = []
const tallies = new Set()
const loads = new Map()
const events = {}
const warnings = []
let cachette
process.on('warning', ({ message }) => warnings.push(message))
// Opened at its first use, it would look like something that stayed open.
if (process.stderr.destroyed) process.exit(1)

/** Settings that JSON cannot carry, by the names that drills give them. */
const NAMED = {
  validate: {
    async content() {
      const { z } = await import('zod')
      return z.object({ path: z.string(), version: z.number(), text: z.string() })
    },
  },
  classify: {
    'success-flag': () => (response) => (response.json?.success === false ? 'transient' : undefined),
  },
}

const COUNTED = [
  'tier-failed',
  'tier-recovered',
  'lease',
  'retried',
  'breaker',
  'cooled-down',
  'refreshed',
  'drift',
]

function say(line) {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

async function withNamed(settings) {
  const named = {}
  for (const [option, values] of Object.entries(NAMED)) {
    if (settings[option] !== undefined) named[option] = await values[settings[option]]()
  }
  return { ...settings, ...named }
}

async function open({ options, tellsStored = false }) {
  const services = {}
  for (const [name, settings] of Object.entries(options.services ?? {})) {
    services[name] = await withNamed(settings)
  }
  cachette = await createCachette({ env: {}, ...options, services, clock })
  for (const name of COUNTED) {
    cachette.on(name, (event) => {
      const seen = (events[name] ??= { count: 0, firstAtMs: Date.now() })
      seen.count += 1
      seen.lastAtMs = Date.now()
      seen.last = JSON.stringify(event, (_, value) => (value instanceof Error ? value.message : value)).slice(
        0,
        300,
      )
    })
  }
  if (tellsStored) {
    cachette.on('stored', ({ key, tiers }) => {
      if (tiers.some((tier) => tier !== 'memory')) say({ stored: key })
    })
  }
  return { warnings }
}

/** Every entry there is, with what is wrong about it. */
async function inspect({ query }) {
  const found = []
  for (let cursor; ;) {
    const page = await cachette.list({ limit: 1_000, ...query, ...(cursor !== undefined && { cursor }) })
    for (const { key, url, status } of page.entries) {
      const details = await cachette.entry(key)
      const { pathname, search } = new URL(url)
      const fault = details === undefined ? 'unreadable' : wrongIn(`${pathname}${search}`, details.data)
      found.push({ key, path: `${pathname}${search}`, status, version: details?.data?.version, fault })
    }
    cursor = page.cursor
    if (cursor === undefined) return found
  }
}

function newTally() {
  const tally = createTally(floors)
  tallies.add(tally)
  return tally
}

const ACTIONS = {
  open,
  /** Several callers at the same moment. */
  async ask({ callers = 1, ...call }) {
    const tally = newTally()
    const asked = { cachette, tally, door: 'service', ...call }
    const ends = await Promise.all(Array.from({ length: callers }, () => callOnce(asked)))
    return { ends, tally: tally.takeLap() }
  },
  /** Callers who walk through their paths to the end. */
  async walk({ load }) {
    const tally = newTally()
    await startLoad(load, { cachette, tally }).done
    return tally.takeLap()
  },
  start({ name, load }) {
    const tally = newTally()
    loads.set(name, { tally, load: startLoad(load, { cachette, tally }) })
    return true
  },
  lap: ({ name }) => loads.get(name).tally.takeLap(),
  async stop({ name }) {
    const { load, tally } = loads.get(name)
    loads.delete(name)
    await load.stop()
    return tally.takeLap()
  },
  floor({ floor }) {
    for (const tally of tallies) tally.lookBack(floor)
    floors.push(floor)
    return true
  },
  async purge({ request }) {
    // One that cannot be written yet is in force here all the same, and is written later; whoever purged is told.
    const refused = await cachette.purge(request).then(
      () => undefined,
      (error) => `${error.code ?? 'untyped'} ${error.message}`,
    )
    return { refused, acknowledgedAtMs: Date.now() }
  },
  move({ by }) {
    clock.move(by)
    return true
  },
  inspect,
  /** Which of these keys hold an entry that is not whole, or none. */
  async missing({ keys }) {
    const wrong = []
    for (const key of keys) {
      const details = await cachette.entry(key)
      const fault = details === undefined ? 'lost' : wrongIn(new URL(details.url).pathname, details.data)
      if (fault !== undefined) wrong.push({ key, fault })
    }
    return wrong
  },
  metrics: () => cachette.metrics(),
  health: () => cachette.health(),
  warnings: () => warnings,
  events: () => events,
  /** What the process holds, after collection where node was told to allow that. */
  holds() {
    globalThis.gc?.()
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
    const resources = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate')
    return { rss, heapUsed, external, arrayBuffers, resources, descriptors: descriptors() }
  },
  async close() {
    await cachette.close()
    return true
  },
}

function descriptors() {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

say({ isReady: true })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, action, ...request } = JSON.parse(line)
  // Not awaited: several things go on at a time.
  void (async () => ACTIONS[action](request))().then(
    (result) => say({ id, result }),
    (error) => say({ id, error: String(error) }),
  )
}
// Nobody is there any more.
process.exit()
