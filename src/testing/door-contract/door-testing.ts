// Gives each test of the contract an origin, an instance with a clock, and the door, and takes them down afterwards.
import type { ServiceOptions } from '../../config/service-options.js'
import { type Cachette, createCachette } from '../../create-cachette.js'
import type { Outcome } from '../../model/outcome.js'
import { until } from '../gate.js'
import type { Runner } from '../runner.js'
import { type ShiftedClock, createShiftedClock } from '../shifted-clock.js'
import type { DoorCall, DoorCapabilities, DoorClient, DoorUnderTest } from './door-client.js'
import { type ScriptedOrigin, startScriptedOrigin } from './scripted-origin.js'

/** A test's surroundings. */
export interface DoorWorld {
  readonly origin: ScriptedOrigin
  /** An origin that no service claims. */
  readonly elsewhere: ScriptedOrigin
  readonly clock: ShiftedClock
  readonly cachette: Cachette
  /** Asks a path of the service's origin and reads the whole body as text. */
  ask(path: string, call?: DoorCall): Promise<ReadAnswer>
  /** The same for any URL. */
  read(url: string, call?: DoorCall): Promise<ReadAnswer>
  /** The door itself. */
  readonly call: DoorClient['call']
  /** How the calls so far ended, once that many have. */
  outcomes(calls: number): Promise<Partial<Record<Outcome, number>>>
}

/** An answer whose body was read. */
export interface ReadAnswer {
  readonly status: number
  readonly text: string
  /** All values of a field, joined with a comma; undefined where it is absent. */
  field(name: string): string | undefined
}

/** A runner whose tests are handed a world of their own. */
export interface DoorTesting {
  readonly describe: Runner['describe']
  readonly expect: Runner['expect']
  /** A fact; left out where the door cannot do what it needs. */
  readonly test: (title: string, body: (world: DoorWorld) => Promise<void>, setting?: Setting) => void
}

/** What a test needs. */
export interface Setting {
  readonly needs?: keyof DoorCapabilities
  /** Left out for doors that can do this. */
  readonly lacks?: keyof DoorCapabilities
  /** Options of the service, beside its base URL. */
  readonly service?: ServiceOptions
}

/** Ties the contract to a runner and a door. */
export function createDoorTesting({ describe, it, expect }: Runner, door: DoorUnderTest): DoorTesting {
  return {
    describe: (title, body) => describe(`door contract: ${door.name}: ${title}`, body),
    expect,
    test(title, body, { needs, lacks, service = {} } = {}) {
      if (needs !== undefined && !door.capabilities[needs]) return
      if (lacks !== undefined && door.capabilities[lacks]) return
      it(title, () => withWorld(door, service, body))
    },
  }
}

async function withWorld(
  door: DoorUnderTest,
  service: ServiceOptions,
  body: (world: DoorWorld) => Promise<void>,
): Promise<void> {
  const clock = createShiftedClock()
  const origin = await startScriptedOrigin()
  const elsewhere = await startScriptedOrigin()
  const cachette = await createCachette({
    store: 'memory:',
    clock,
    env: {},
    // Each request that the origin gets is one that a call of the contract asked for.
    services: { contract: { baseURL: origin.url, ttl: '1h', retry: { attempts: 1 }, ...service } },
  })
  const client = await door.open(cachette)
  try {
    await body(worldOf({ origin, elsewhere, clock, cachette, client }))
  } finally {
    await client.close()
    // What still hangs at an origin would keep the instance from closing.
    await Promise.all([origin.stop(), elsewhere.stop()])
    await cachette.close()
  }
}

function worldOf({
  client,
  ...parts
}: Pick<DoorWorld, 'origin' | 'elsewhere' | 'clock' | 'cachette'> & {
  readonly client: DoorClient
}): DoorWorld {
  const heard: Outcome[] = []
  parts.cachette.on('request', ({ outcome }) => void heard.push(outcome))
  const read: DoorWorld['read'] = async (url, call) => {
    const answer = await client.call(url, call)
    const text = new TextDecoder().decode(await answer.bytes())
    return { status: answer.status, text, field: (name) => fieldOf(answer.headers, name) }
  }
  return {
    ...parts,
    read,
    ask: (path, call) => read(`${parts.origin.url}${path}`, call),
    call: (url, call) => client.call(url, call),
    async outcomes(calls) {
      await until(() => heard.length >= calls, `${calls} calls answered (${heard.length} were)`)
      const tally: Partial<Record<Outcome, number>> = {}
      for (const outcome of heard) tally[outcome] = (tally[outcome] ?? 0) + 1
      return tally
    },
  }
}

function fieldOf(headers: readonly (readonly [string, string])[], name: string): string | undefined {
  const values = headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

/** The same call, made that often in one turn. */
export function atOnce<Result>(times: number, call: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, call))
}

/** True where work fails. */
export async function fails(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => false,
    () => true,
  )
}
