// An origin on loopback, an instance with a clock that tests move, and everything the instance said; all of it is
// let go of when the test ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CachetteOptions } from '../../src/config/cachette-options.js'
import type { ServiceOptions } from '../../src/config/service-options.js'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import type { CachedExternalAPIService } from '../../src/doors/service/cached-external-api-service.js'
import { EVENT_NAMES } from '../../src/events/event-bus.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'
import { type LoopbackOrigin, startLoopbackOrigin } from './loopback-origin.js'

/** An event with its name. */
export interface HeardEvent {
  readonly name: string
  readonly event: object
}

/** A test's surroundings. */
export interface CacheWorld {
  readonly origin: LoopbackOrigin
  readonly clock: FakeClock
  readonly cachette: Cachette
  /** The service `my_service`, whose base URL is the origin. */
  readonly api: CachedExternalAPIService
  /** Everything that {@link cachette} told its listeners. */
  readonly heard: readonly HeardEvent[]
}

/** What a world may differ in. */
export interface WorldOptions extends Omit<CachetteOptions, 'clock' | 'services'> {
  /** Options of `my_service` beside its base URL. */
  readonly service?: ServiceOptions
  readonly services?: (origin: LoopbackOrigin) => Record<string, ServiceOptions>
  readonly origin?: LoopbackOrigin
  readonly clock?: FakeClock
  /** The environment as it depends on where the origin is. */
  readonly environment?: (origin: LoopbackOrigin) => Readonly<Record<string, string>>
}

/** Makes a world; without `store`, one in memory. */
export async function openWorld(options: WorldOptions = {}): Promise<CacheWorld> {
  const {
    service,
    services,
    origin = await openOrigin(),
    clock = createFakeClock(),
    environment,
    defaults,
    ...rest
  } = options
  const cachette = await createCachette({
    env: environment?.(origin) ?? {},
    ...rest,
    // Time stands still here: what waits before it tries again would wait for ever. Tests that are about it say so.
    defaults: { retry: { attempts: 1 }, breaker: false, ...defaults },
    clock,
    services: { my_service: { baseURL: origin.url, ...service }, ...services?.(origin) },
  })
  onTestFinished(() => cachette.close())
  const heard: HeardEvent[] = []
  for (const name of EVENT_NAMES) cachette.on(name, (event) => heard.push({ name, event }))
  return { origin, clock, cachette, api: cachette.service('my_service'), heard }
}

/** An origin that ends with the test. */
export async function openOrigin(): Promise<LoopbackOrigin> {
  const origin = await startLoopbackOrigin()
  onTestFinished(() => origin.stop())
  return origin
}

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
