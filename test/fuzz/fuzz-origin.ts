// An origin whose answers change at random, and that remembers each one that it gave: what it was an answer to, what it
// allowed, and when.
import { createHash } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { FakeClock } from '../helpers/fake-clock.js'
import type { Random } from './random.js'

/** What an answer allows. Seconds. */
export interface Allowance {
  readonly maxAge?: number
  readonly sharedMaxAge?: number
  readonly staleWhileRevalidate?: number
  readonly staleIfError?: number
  readonly noStore?: boolean
  readonly noCache?: boolean
  readonly isPrivate?: boolean
  readonly isPublic?: boolean
  readonly mustRevalidate?: boolean
}

/** How a URL answers at present. */
interface Behaviour {
  readonly status: number
  readonly allowance: Allowance
  readonly vary: readonly string[]
  readonly validator: 'strong' | 'weak' | 'date' | 'none'
  readonly sizeBytes: number
  readonly framing: 'length' | 'chunks' | 'gzip'
  readonly ending: 'whole' | 'reset' | 'short' | 'refuse'
  readonly hasRanges: boolean
  readonly ageSeconds: number
  /** Turns of the event loop before the headers, and before the end of the body. */
  readonly turnsBefore: number
  readonly turnsWithin: number
}

/** One answer that was given. */
export interface Given {
  readonly serial: number
  /** What content it was: the URL, its version, and whatever selected it. */
  readonly name: string
  readonly path: string
  readonly method: string
  readonly status: number
  readonly requestHeaders: IncomingMessage['headers']
  readonly vary: readonly string[]
  readonly etag: string | undefined
  /** The whole body, of a 206 too. */
  readonly body: Buffer
  readonly ageSeconds: number
  /** What was said of it, and when: at first, and with each 304. */
  readonly words: { readonly allowance: Allowance; readonly atMs: number; readonly tick: number }[]
  /** To how many callers it went. */
  deliveries: number
}

/** The origin. */
export interface FuzzOrigin {
  readonly url: string
  readonly given: readonly Given[]
  readonly paths: readonly string[]
  /** Counts whatever happens, so that before and after can be told. */
  tick(): number
  /** Changes how a URL answers; its content too, or only what it allows. */
  change(path: string): void
  /** Paths that failed to answer, with the tick at which they last did. */
  readonly failures: ReadonlyMap<string, number>
  connections(): number
  stop(): Promise<void>
}

const ALLOWANCES: readonly Allowance[] = [
  { maxAge: 60 },
  { maxAge: 60 },
  { maxAge: 3_600 },
  { maxAge: 60, staleWhileRevalidate: 60 },
  { maxAge: 60, staleIfError: 600 },
  { maxAge: 60, mustRevalidate: true },
  { maxAge: 10, sharedMaxAge: 600 },
  { maxAge: 600, sharedMaxAge: 10 },
  { maxAge: 600, isPrivate: true },
  { maxAge: 600, isPublic: true },
  { maxAge: 0 },
  { noCache: true, maxAge: 600 },
  { noStore: true, maxAge: 600 },
  {},
]
const VARIES: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ['accept-language'],
  ['x-kind'],
  ['accept-language', 'x-kind'],
  ['*'],
]

function controlOf(allowance: Allowance): string {
  const { maxAge, sharedMaxAge, staleWhileRevalidate, staleIfError } = allowance
  const numbers = {
    'max-age': maxAge,
    's-maxage': sharedMaxAge,
    'stale-while-revalidate': staleWhileRevalidate,
    'stale-if-error': staleIfError,
  }
  const flags = {
    'no-store': allowance.noStore,
    'no-cache': allowance.noCache,
    private: allowance.isPrivate,
    public: allowance.isPublic,
    'must-revalidate': allowance.mustRevalidate,
  }
  return [
    'x-nothing',
    ...Object.entries(numbers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...Object.entries(flags).flatMap(([name, isSet]) => (isSet === true ? [name] : [])),
  ].join(', ')
}

function behave(random: Random): Behaviour {
  const large = random.chance(0.06)
  return {
    status: random.pick([200, 200, 200, 200, 200, 200, 404, 500, 503]),
    allowance: random.pick(ALLOWANCES),
    vary: random.pick(VARIES),
    validator: random.pick(['strong', 'strong', 'weak', 'date', 'none']),
    sizeBytes: large ? 1_200_000 + random.below(2_000_000) : random.pick([0, 1, 50, 2_000, 70_000]),
    framing: random.pick(['length', 'chunks', 'gzip']),
    ending: random.chance(0.85) ? 'whole' : random.pick(['reset', 'short', 'refuse']),
    hasRanges: random.chance(0.5),
    ageSeconds: random.chance(0.2) ? random.below(100) : 0,
    turnsBefore: random.chance(0.5) ? random.below(12) : 0,
    turnsWithin: random.chance(0.5) ? random.below(12) : 0,
  }
}

/** Bytes that tell what they are an answer to, and differ from place to place. */
function bodyOf(name: string, sizeBytes: number): Buffer {
  if (sizeBytes === 0) return Buffer.alloc(0)
  const block = createHash('sha512').update(name).digest()
  const bytes = Buffer.alloc(sizeBytes)
  for (let at = 0; at < sizeBytes; at += block.byteLength) {
    block.writeUInt32LE(at)
    block.copy(bytes, at)
  }
  return bytes
}

/** Starts an origin; `paths` of it change at random. */
export async function startFuzzOrigin(random: Random, clock: FakeClock, count = 4): Promise<FuzzOrigin> {
  const paths = Array.from({ length: count }, (_, index) => `/r${index}`)
  const states = new Map(
    paths.map((path) => [path, { version: 1, behaviour: behave(random), modifiedMs: 0 }]),
  )
  const given: Given[] = []
  const failures = new Map<string, number>()
  let ticks = 0
  let open = 0
  const tick = (): number => (ticks += 1)
  for (const state of states.values()) state.modifiedMs = clock.nowMs() - random.below(30) * 86_400_000

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const state = states.get(path)!
    const { behaviour, version, modifiedMs } = state
    request.resume()
    response.on('error', () => undefined)
    for (let wait = 0; wait < behaviour.turnsBefore; wait += 1) await turn()
    if (behaviour.ending === 'refuse') {
      failures.set(path, tick())
      request.socket.destroy()
      return
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(random.pick([200, 204, 303, 400]), { location: random.pick(paths) }).end()
      return
    }
    const { status, allowance, vary, validator } = behaviour
    const selecting = vary.map((name) => `${name}=${String(headers[name])}`)
    const name = [path, version, status, ...selecting, headers.authorization, headers.cookie].join(' ')
    const body = bodyOf(name, behaviour.sizeBytes)
    const hash = createHash('md5').update(name).digest('hex')
    const etag = validator === 'strong' ? `"${hash}"` : validator === 'weak' ? `W/"${hash}"` : undefined
    const fields: Record<string, string> = {
      date: new Date(clock.nowMs()).toUTCString(),
      'cache-control': controlOf(allowance),
      ...(vary.length > 0 && { vary: vary.join(', ') }),
      ...(etag !== undefined && { etag }),
      ...(validator === 'date' && { 'last-modified': new Date(modifiedMs).toUTCString() }),
      ...(behaviour.ageSeconds > 0 && { age: String(behaviour.ageSeconds) }),
    }
    const word = { allowance, atMs: clock.monotonicMs(), tick: tick() }
    const known = headers['if-none-match']
    const isSame =
      known === undefined ? headers['if-modified-since'] === fields['last-modified'] : known === etag
    if (status === 200 && isSame && (known ?? headers['if-modified-since']) !== undefined) {
      for (const older of given) if (older.name === name) older.words.push(word)
      response.writeHead(304, fields).end()
      return
    }
    const range = behaviour.hasRanges && status === 200 ? rangeOf(headers, body.byteLength, etag) : undefined
    const sentStatus = range === undefined ? status : 206
    const serial = given.length
    given.push({
      serial,
      name,
      path,
      method,
      status: sentStatus,
      requestHeaders: headers,
      vary,
      etag,
      body,
      ageSeconds: behaviour.ageSeconds,
      words: [word],
      deliveries: 0,
    })
    if (method === 'HEAD' && etag !== undefined)
      for (const older of given) if (older.name === name) older.words.push(word)
    fields['x-serial'] = String(serial)
    if (range !== undefined) fields['content-range'] = `bytes ${range[0]}-${range[1]}/${body.byteLength}`
    const part = range === undefined ? body : body.subarray(range[0], range[1] + 1)
    await send(request, response, { behaviour, status: sentStatus, fields, part })
  }

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    what: {
      readonly behaviour: Behaviour
      readonly status: number
      readonly fields: Record<string, string>
      readonly part: Buffer
    },
  ): Promise<void> {
    const { behaviour, status, fields, part } = what
    const isPacked = behaviour.framing === 'gzip' && status !== 206
    const bytes = isPacked ? gzipSync(part, { level: 1 }) : part
    if (isPacked) fields['content-encoding'] = 'gzip'
    const isBroken = behaviour.ending !== 'whole' && request.method === 'GET'
    if (behaviour.framing !== 'chunks')
      fields['content-length'] = String(bytes.byteLength + (isBroken ? 5 : 0))
    response.writeHead(status, fields)
    if (request.method === 'HEAD') return void response.end()
    const half = bytes.byteLength >> 1
    response.write(bytes.subarray(0, half))
    for (let wait = 0; wait < behaviour.turnsWithin; wait += 1) await turn()
    if (!isBroken) return void response.end(bytes.subarray(half))
    failures.set(request.url ?? '', tick())
    response.write(bytes.subarray(half), () =>
      behaviour.ending === 'reset' ? request.socket.resetAndDestroy() : request.socket.destroy(),
    )
  }

  const server = createServer((request, response) => void answer(request, response))
  server.on('connection', (socket) => {
    open += 1
    socket.on('error', () => undefined).on('close', () => (open -= 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    given,
    paths,
    tick,
    failures,
    connections: () => open,
    change(path) {
      const state = states.get(path)!
      const isNew = random.chance(0.6)
      const next = behave(random)
      // What selects a variant is part of the content.
      state.behaviour = isNew ? next : { ...state.behaviour, allowance: next.allowance, ending: next.ending }
      if (!isNew) return
      state.version += 1
      state.modifiedMs = Math.max(clock.nowMs(), state.modifiedMs + 1_000)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The bytes that a request asks for, where it asks for one range, of this very content. */
function rangeOf(
  headers: IncomingMessage['headers'],
  sizeBytes: number,
  etag: string | undefined,
): readonly [number, number] | undefined {
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
  const [start, end] = [Number(from), to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)]
  if (from === '' || start > end) return undefined
  const condition = headers['if-range']
  return condition === undefined || (condition === etag && condition.startsWith('"'))
    ? [start, end]
    : undefined
}
