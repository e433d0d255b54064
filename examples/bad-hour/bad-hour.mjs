// One bad hour of an API, played with a clock of its own in a few seconds: what callers got, and what the events said.
// Run, once the package is built: node examples/bad-hour/bad-hour.mjs
import { createCachette } from 'cachette'
import * as v from 'valibot'
import { createHourClock } from './hour-clock.mjs'
import { phaseAt, startHourOrigin } from './hour-origin.mjs'
import { printHour } from './hour-table.mjs'

const MINUTES = 60
const MINUTE_MS = 60_000
/** Each is asked for every ten seconds, one after another; and once a minute comes a path that nobody asked for before. */
const KNOWN = ['/films/1', '/films/2', '/films/3', '/prices']
const STEP_MS = 2_000
const STEPS = KNOWN.length + 1
const NEW_AT_STEP = 4 * STEPS - 1
/** The event loop turns so often with nothing to do before the clock moves on. */
const QUIET_TURNS = 12

/** Retries wait for a random time; here for half of the longest, so that the table is the same each time. */
Math.random = () => 0.5

const clock = createHourClock()
const origin = await startHourOrigin(clock)
const cachette = await createCachette({
  clock,
  env: {},
  services: {
    my_service: {
      baseURL: origin.url,
      ttl: '1m',
      staleWhileRevalidate: '3m',
      softTimeout: '500ms',
      timeout: '5s',
      validate: v.object({ path: v.string() }),
      rules: [{ match: '/prices', staleWhileRevalidate: 0 }],
    },
  },
})
const api = cachette.service('my_service')

// What is loaded with the first call takes time that this clock does not know of.
await (await cachette.fetch(`${origin.url}/`, { cache: 'no-store' })).text()
await cachette.resetMetrics()

const minutes = Array.from({ length: MINUTES }, (_, minute) => ({
  minute,
  origin: phaseAt(minute).name,
  answers: [],
  events: [],
  requests: 0,
}))
const now = () => minutes[Math.min(MINUTES - 1, Math.floor(clock.passedMs() / MINUTE_MS))]
const note = (text) => now().events.push(text)
cachette.on('timed-out', ({ timeout }) => note(`timed-out ${timeout}`))
cachette.on('retried', () => note('retried'))
cachette.on('refreshed', ({ because }) => note(`refreshed ${because}`))
cachette.on('breaker', ({ state }) => note(`breaker ${state}`))
cachette.on('cooled-down', ({ untilMs }) =>
  note(`cooled-down ${Math.round((untilMs - clock.nowMs()) / 1000)} s`),
)
cachette.on('drift', () => note('drift'))

async function ask(path, kind) {
  const { answers } = now()
  const askedMs = clock.passedMs()
  const told = await api.fetchExternal(path).then(
    ({ outcome, because }) => ({ outcome, because }),
    ({ code }) => ({ outcome: 'failed', because: code }),
  )
  answers.push({ ...told, kind, waitedMs: clock.passedMs() - askedMs })
}

/** Until everything that can happen without the clock has happened. */
async function settle() {
  for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
    await new Promise(setImmediate)
    if (!origin.isQuiet()) turns = 0
  }
}

function askAt(step, minute) {
  const path = KNOWN[step % STEPS]
  if (path !== undefined) return ask(path, path.split('/')[1])
  return step % (MINUTE_MS / STEP_MS) === NEW_AT_STEP ? ask(`/films/new-${minute}`, 'new') : undefined
}

const asking = []
for (let step = 0; step * STEP_MS < MINUTES * MINUTE_MS; step += 1) {
  const row = now()
  const before = origin.count()
  await origin.follow()
  asking.push(askAt(step, row.minute))
  do await settle()
  while (!clock.stepTowards((step + 1) * STEP_MS))
  row.requests += origin.count() - before
}
await settle()
await Promise.all(asking)
const { hitRate, originCalls, drifts, outcomes } = await cachette.metrics()
printHour(minutes, { hitRate, originCalls, drifts, outcomes })
await cachette.close()
await origin.stop()
