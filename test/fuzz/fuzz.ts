// Random callers before a random origin: whatever they do, each answer must be one that the origin gave, to such a
// request, and that may be used at that moment.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import type { CacheReport, CachedResponse } from '../../src/doors/fetch/cached-response.js'
import type { CachetteOptions } from '../../src/config/cachette-options.js'
import { type FakeClock, createFakeClock } from '../helpers/fake-clock.js'
import { type FuzzOrigin, startFuzzOrigin } from './fuzz-origin.js'
import { type Got, STALE_IF_ERROR_SECONDS, TTL_SECONDS, holdAgainst } from './fuzz-rules.js'
import { type Random, createRandom } from './random.js'

/** What one seed came to. */
export interface FuzzReport {
  readonly calls: number
  readonly outcomes: Readonly<Record<string, number>>
}

interface World {
  readonly random: Random
  readonly clock: FakeClock
  readonly origin: FuzzOrigin
  readonly caches: readonly Cachette[]
  readonly cacheType: 'private' | 'shared'
  readonly freshness: 'http' | 'ttl'
  readonly purged: Map<string, number>
  readonly softlyPurged: Map<string, number>
  readonly outcomes: Record<string, number>
  calls: number
  /** How long nothing happened before this round. */
  pauseMs: number
  /** The origin's count when this round and the one before began. */
  roundTicks: readonly [number, number]
}

/**
 * Lives through one seed.
 *
 * @throws Error that tells the seed, and which rule was broken
 */
export async function fuzzSeed(seed: number, rounds = 40): Promise<FuzzReport> {
  const random = createRandom(seed)
  const clock = createFakeClock()
  const origin = await startFuzzOrigin(random, clock)
  const folder = mkdtempSync(join(tmpdir(), 'cachette-fuzz-'))
  const cacheType = random.pick(['private', 'shared'] as const)
  const freshness = random.pick(['http', 'http', 'ttl'] as const)
  const store = random.chance(0.5) ? 'memory:' : `lmdb:${folder}/store`
  const count = store === 'memory:' ? 1 : 2
  const caches: Cachette[] = []
  const ttl = `${TTL_SECONDS}s` as const
  const staleIfError = `${STALE_IF_ERROR_SECONDS}s` as const
  const settings: CachetteOptions =
    freshness === 'http'
      ? { defaults: { http: { cacheType } } }
      : { services: { my_service: { baseURL: origin.url, ttl, negativeTtl: ttl, staleIfError } } }
  try {
    for (let index = 0; index < count; index += 1)
      caches.push(await createCachette({ env: {}, clock, store, ...settings }))
    const world: World = {
      random,
      clock,
      origin,
      caches,
      cacheType,
      freshness,
      purged: new Map(),
      softlyPurged: new Map(),
      outcomes: {},
      calls: 0,
      pauseMs: 0,
      roundTicks: [0, 0],
    }
    for (let round = 0; round < rounds; round += 1) await whilePassing(clock, liveThrough(world))
    await checkStored(world)
    await closeAll(clock, caches)
    for (let wait = 0; origin.connections() > 0 && wait < 10_000; wait += 1) await turn()
    if (origin.connections() > 0) throw new Error(`${origin.connections()} connections stayed open`)
    return { calls: world.calls, outcomes: world.outcomes }
  } catch (error) {
    const told = error instanceof Error ? `${error.stack}\nbelow it: ${String(error.cause)}` : String(error)
    throw new Error(`seed ${seed}: ${told}`, { cause: error })
  } finally {
    await closeAll(clock, caches)
    await origin.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function closeAll(clock: FakeClock, caches: readonly Cachette[]): Promise<void> {
  await whilePassing(clock, Promise.all(caches.map((cache) => cache.close())))
}

const PAUSES_MS = [
  100, 100, 100, 100, 1_000, 1_000, 5_000, 5_000, 11_000, 30_000, 61_000, 130_000, 3_700_000, 90_000_000,
]
const TIMEOUT_MS = 10_000
/** Longer pauses are slept through: a lease that is held all the while is renewed every few seconds. */
const LONGEST_WAKE_MS = 1_000_000

async function liveThrough(world: World): Promise<void> {
  const { random, clock, origin } = world
  world.roundTicks = [world.roundTicks[1], origin.tick()]
  const pauseMs = random.pick(PAUSES_MS)
  world.pauseMs = pauseMs
  if (pauseMs > LONGEST_WAKE_MS) clock.sleep(pauseMs)
  else clock.advance(pauseMs)
  // An instance that did not see an entry arrive has the wall clock alone to go by.
  if (world.caches.length === 1 && random.chance(0.04)) clock.jump((random.below(3) - 1) * 3_600_000)
  if (random.chance(0.2)) origin.change(random.pick(origin.paths))
  if (random.chance(0.08)) await purge(world)
  if (random.chance(0.1)) return unsafe(world)
  // Most rounds are about one URL, so that callers meet.
  const path = random.pick(origin.paths)
  const callers = Array.from({ length: 1 + random.below(6) }, () =>
    call(world, random.chance(0.8) ? path : random.pick(origin.paths)),
  )
  const results = await Promise.allSettled(callers)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

/** Time passes, slowly, while callers wait: who waits for another process looks from time to time. */
async function whilePassing<Result>(clock: FakeClock, work: Promise<Result>): Promise<Result> {
  const passing = setInterval(() => clock.advance(3), 1)
  try {
    return await work
  } finally {
    clearInterval(passing)
  }
}

async function purge({ random, origin, caches, purged, softlyPurged }: World): Promise<void> {
  const path = random.pick(origin.paths)
  const soft = random.chance(0.5)
  const isAll = random.chance(0.3)
  const tick = origin.tick()
  await random.pick(caches).purge({ ...(isAll ? { all: true } : { url: `${origin.url}${path}` }), soft })
  for (const each of isAll ? origin.paths : [path]) (soft ? softlyPurged : purged).set(each, tick)
}

async function unsafe({ random, origin, caches, purged }: World): Promise<void> {
  const path = random.pick(origin.paths)
  const tick = origin.tick()
  const method = random.pick(['POST', 'PUT', 'DELETE'])
  try {
    const response = await random.pick(caches).fetch(`${origin.url}${path}`, { method, redirect: 'manual' })
    await response.arrayBuffer()
    if (response.status >= 400) return
    purged.set(path, tick)
    const location = response.headers.get('location')
    if (location !== null) purged.set(location, tick)
  } catch (error) {
    if (!origin.failures.has(path) && codeOf(error) !== 'CACHETTE_BREAKER_OPEN') throw error
  }
}

function headersOf(random: Random, { given }: FuzzOrigin, path: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (random.chance(0.5)) headers['accept-language'] = random.pick(['en', 'fr'])
  if (random.chance(0.3)) headers['x-kind'] = random.pick(['a', 'b'])
  if (random.chance(0.25)) headers.authorization = `Bearer ${random.pick(['ann', 'bob'])}`
  if (random.chance(0.15)) headers.cookie = `session=${random.pick(['ann', 'bob'])}`
  if (random.chance(0.15))
    headers['cache-control'] = random.pick([
      'no-cache',
      'no-store',
      'max-age=0',
      'max-age=20',
      'min-fresh=20',
    ])
  const known = given.findLast((each) => each.path === path && each.etag !== undefined)?.etag
  if (random.chance(0.12))
    headers.range = `bytes=${random.below(60)}-${random.pick(['', '100', '69', '3000'])}`
  if (headers.range !== undefined && known !== undefined && random.chance(0.3)) headers['if-range'] = known
  if (random.chance(0.08) && known !== undefined) headers['if-none-match'] = known
  return headers
}

async function call(world: World, path: string): Promise<void> {
  const { random, clock, origin } = world
  const headers = headersOf(random, origin, path)
  const method = random.chance(0.06) ? 'HEAD' : 'GET'
  const mode = random.chance(0.05) ? ('force-cache' as const) : undefined
  const leaving = new AbortController()
  const cache = random.pick(world.caches)
  const leavesAfter = random.chance(0.12) ? random.below(25) : undefined
  const stopsAfter = random.chance(0.12) ? random.below(3) : undefined
  const isSlow = random.chance(0.2)
  for (let wait = random.below(8); wait > 0; wait -= 1) await turn()
  if (leavesAfter !== undefined) void leaveAfter(leaving, leavesAfter)
  const startTick = origin.tick()
  const startMs = clock.monotonicMs()
  world.calls += 1
  try {
    const response = await cache.fetch(`${origin.url}${path}`, {
      method,
      headers,
      signal: leaving.signal,
      ...(mode !== undefined && { cache: mode }),
    })
    const answeredMs = clock.monotonicMs()
    const report = response.cachette as CacheReport
    const { body, isWhole } = await read(response, stopsAfter, isSlow)
    world.outcomes[report.outcome] = (world.outcomes[report.outcome] ?? 0) + 1
    const requestHeaders = { ...headers, ...(mode !== undefined && { 'x-mode': mode }) }
    const { status } = response
    const got: Got = {
      path,
      method,
      requestHeaders,
      startTick,
      startMs,
      answeredMs,
      status,
      headers: response.headers,
      report,
      body,
      isWhole,
    }
    holdAgainst(got, origin.given, world)
  } catch (error) {
    if (leaving.signal.aborted && error === leaving.signal.reason) return
    if (error instanceof Error && /^(fetch failed|terminated)$/.test(error.message)) {
      world.outcomes.error = (world.outcomes.error ?? 0) + 1
      // A failure of the round before may still be on its way to those who joined.
      if ((origin.failures.get(path) ?? -1) >= world.roundTicks[0]) return
      if (codeOf(error) === 'CACHETTE_BREAKER_OPEN') return
      // What hung all the while ends now, for those who joined too.
      if (codeOf(error) === 'CACHETTE_TIMEOUT' && world.pauseMs >= TIMEOUT_MS) return
    }
    throw error
  }
}

/** What the cache says of a failed fetch. The breaker answers for all paths of an origin that failed. */
function codeOf(error: unknown): string | undefined {
  const { cause } = error as { readonly cause?: { readonly code?: string } }
  return cause?.code
}

async function leaveAfter(leaving: AbortController, turns: number): Promise<void> {
  for (let wait = 0; wait < turns; wait += 1) await turn()
  leaving.abort(new Error('left'))
}

async function read(
  { body }: CachedResponse,
  stopsAfter: number | undefined,
  isSlow: boolean,
): Promise<{ body: Buffer; isWhole: boolean }> {
  const pieces: Uint8Array[] = []
  const reader = body?.getReader()
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    pieces.push(next.value)
    if (isSlow) await turn()
    if (stopsAfter !== undefined && pieces.length > stopsAfter) {
      await reader?.cancel()
      return { body: Buffer.concat(pieces), isWhole: false }
    }
  }
  return { body: Buffer.concat(pieces), isWhole: true }
}

/** What is stored is something that was given, and might be. */
async function checkStored({ caches, origin }: World): Promise<void> {
  for (const cache of caches) {
    const { entries } = await cache.list({ limit: 1_000 })
    for (const { url, sizeBytes, status, method } of entries) {
      const { pathname } = new URL(url)
      const isGiven = origin.given.some(
        (each) =>
          each.path === pathname &&
          each.status === status &&
          each.method === method &&
          each.words[0]!.allowance.noStore !== true &&
          (status === 206 || method === 'HEAD' || each.body.byteLength === sizeBytes),
      )
      if (!isGiven)
        throw new Error(`stored, though nobody gave it: ${JSON.stringify({ url, status, sizeBytes })}`)
    }
  }
}
