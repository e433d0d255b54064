// Starts programs that use the built package, and speaks with them by lines of JSON, several requests at a time.
import { type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CachetteOptions } from '../../../src/config/cachette-options.js'
import type { Tally } from './tally.js'

/** How a program is started. */
export interface CallerStart {
  /** A command before node's, such as one that limits what it may write. */
  readonly wrap?: readonly string[]
  readonly nodeArgs?: readonly string[]
  readonly spawn?: Pick<SpawnOptions, 'uid' | 'gid'>
  /** Hears of each key that was committed to the store. */
  readonly onStored?: (key: string) => void
}

/** Callers in a loop; see `load.mjs`. */
export interface Load {
  readonly service: string
  readonly baseURL: string
  readonly prefix: string
  readonly paths?: 'fixed' | 'unique' | 'moving'
  readonly count?: number
  readonly callers: number
  readonly rounds?: number
  readonly pauseMs?: number
  readonly door?: 'service' | 'fetch' | 'both'
  readonly options?: Readonly<Record<string, unknown>>
  /** After this a caller gives up, and the drill has failed; in milliseconds. Default never. */
  readonly limitMs?: number
}

/** How one call ended. */
export interface CallEnd {
  readonly outcome?: string
  readonly because?: string
  readonly tier?: string
  readonly status?: number
  readonly ageMs?: number
  readonly ttlMs?: number
  readonly version?: number
  /** The error's code, where it was one. */
  readonly code?: string
  readonly tookMs: number
}

/** An entry of the store, and what is wrong with it. */
export interface InspectedEntry {
  readonly key: string
  readonly path: string
  readonly status: number
  readonly version?: number
  readonly fault?: string
}

/** How often an event came. */
export interface EventCount {
  readonly count: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly last: string
}

/** What a process holds. */
export interface Holds {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  /** What keeps the event loop: timers, sockets, files, by kind. */
  readonly resources: readonly string[]
  /** Open file descriptors; 0 where the system does not tell. */
  readonly descriptors: number
}

/** A program that calls an API through the cache. Every method rejects where the program has ended. */
export interface Caller {
  readonly pid: number
  open(options: CachetteOptions | object): Promise<{ readonly warnings: readonly string[] }>
  ask(call: {
    readonly service: string
    readonly baseURL: string
    readonly path: string
    readonly callers?: number
    readonly door?: 'service' | 'fetch'
    readonly options?: object
    readonly limitMs?: number
  }): Promise<{ readonly ends: readonly CallEnd[]; readonly tally: Tally }>
  walk(load: Load): Promise<Tally>
  start(name: string, load: Load): Promise<void>
  /** What a load saw since its last lap. */
  lap(name: string): Promise<Tally>
  stop(name: string): Promise<Tally>
  /** Calls for a path, or under a folder that ends with a slash, that begin at or after `fromMs` see at least `version`. */
  floor(floor: { readonly prefix: string; readonly version: number; readonly fromMs: number }): Promise<void>
  /** Purges; `refused` is what the program was told where that could not be written. */
  purge(request: object): Promise<{ readonly acknowledgedAtMs: number; readonly refused?: string }>
  /** Moves the program's clock. */
  move(by: { readonly wallMs?: number; readonly monotonicMs?: number }): Promise<void>
  inspect(query?: { readonly service?: string }): Promise<readonly InspectedEntry[]>
  missing(keys: readonly string[]): Promise<readonly { readonly key: string; readonly fault: string }[]>
  metrics(): Promise<{ readonly originCalls: number; readonly outcomes: Readonly<Record<string, number>> }>
  health(): Promise<{ readonly isHealthy: boolean; readonly tiers: readonly { readonly problem?: string }[] }>
  warnings(): Promise<readonly string[]>
  events(): Promise<Readonly<Record<string, EventCount>>>
  holds(): Promise<Holds>
  close(): Promise<void>
  kill(signal?: NodeJS.Signals): void
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string>
  hasEnded(): boolean
}

interface Line {
  readonly id?: number
  readonly result?: unknown
  readonly error?: string
  readonly stored?: string
  readonly isReady?: boolean
}

const SCRIPT = fileURLToPath(new URL('caller.mjs', import.meta.url))
const COMPILED = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))

/** Starts a program and waits until it listens; it has no instance before `open`. */
export async function startCaller(start: CallerStart = {}): Promise<Caller> {
  if (!existsSync(COMPILED)) throw new Error('build first: node scripts/build.mjs')
  const { wrap = [], nodeArgs = [], onStored } = start
  const [command = '', ...args] = [...wrap, process.execPath, ...nodeArgs, SCRIPT]
  const child = spawn(command, args, { ...start.spawn, stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let ids = 0
  let trouble = ''
  let end: number | string | undefined
  child.stderr.on('data', (chunk: Buffer) => (trouble = `${trouble}${chunk.toString()}`.slice(-2_000)))
  child.stdin.on('error', () => undefined)
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => reject(new Error(`the program did not start: ${trouble}`)))
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line
      if (line.isReady === true) resolve()
      if (line.stored !== undefined) onStored?.(line.stored)
      if (line.id === undefined) return
      const asked = waiting.get(line.id)
      waiting.delete(line.id)
      if (line.error === undefined) asked?.resolve(line.result)
      else asked?.reject(new Error(line.error))
    })
  })
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      end = signal ?? code ?? 'unknown'
      for (const { reject } of waiting.values()) reject(new Error(`the program ended: ${end} ${trouble}`))
      waiting.clear()
      resolve(end)
    })
  })
  await ready

  function request<Result>(action: string, parts: object = {}): Promise<Result> {
    if (end !== undefined) return Promise.reject(new Error(`the program had ended: ${end} ${trouble}`))
    const id = (ids += 1)
    return new Promise<Result>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      child.stdin.write(`${JSON.stringify({ id, action, ...parts })}\n`)
    })
  }

  return {
    pid: child.pid ?? 0,
    open: (options) => request('open', { options, tellsStored: onStored !== undefined }),
    ask: (call) => request('ask', call),
    walk: (load) => request('walk', { load }),
    start: (name, load) => request('start', { name, load }),
    lap: (name) => request('lap', { name }),
    stop: (name) => request('stop', { name }),
    floor: (floor) => request('floor', { floor }),
    purge: (purge) => request('purge', { request: purge }),
    move: (by) => request('move', { by }),
    inspect: (query = {}) => request('inspect', { query }),
    missing: (keys) => request('missing', { keys }),
    metrics: () => request('metrics'),
    health: () => request('health'),
    warnings: () => request('warnings'),
    events: () => request('events'),
    holds: () => request('holds'),
    close: () => request('close'),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    ended,
    hasEnded: () => end !== undefined,
  }
}
