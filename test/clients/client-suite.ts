// What holds for every client: the same answers and errors with the cache as without, at the cost of one round.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTlsOrigin, type TlsOrigin, type TlsOriginRequest } from '../helpers/tls-origin.js'
import type { Client } from './clients.js'
import { createProviderAnswers, RECORDED } from './provider-answers.js'
import { runClient, type ClientRun, type Round } from './run-client.js'

/**
 * Headers that differ between two answers of one origin, or belong to a connection or to a coding undone; and what the
 * cache says of an answer.
 */
const VARYING: ReadonlySet<string> = new Set([
  'age',
  'cache-status',
  'cachette',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'expires',
  'keep-alive',
  'transfer-encoding',
])

/** How clients are run. */
interface SuiteOptions {
  /** Default: recorded responses where there are any, else made up ones. */
  readonly answers?: 'recorded' | 'made-up'
  /** How the programs come to the cache. Default: it is preloaded. */
  readonly cache?: 'preloaded' | 'injected'
}

/** Declares the tests of some clients. Each program runs once without the cache and once with it. */
export function describeClients(
  clients: readonly Client[],
  { answers = 'recorded', cache = 'preloaded' }: SuiteOptions = {},
): void {
  let origin: TlsOrigin
  beforeAll(async () => {
    origin = await startTlsOrigin(createProviderAnswers(answers === 'recorded' ? RECORDED : undefined))
  })
  afterAll(() => origin.close())

  describe.each(clients)('$program, $reaches', (client) => {
    const plain = onceOnly(() => runClient(origin, { ...client, cache: 'none' }))
    const cached = onceOnly(() => runClient(origin, { ...client, cache }))
    const { neverSpared, keptByClient, refusals, writtenBySending } = client
    const varying = new Set([...VARYING, ...writtenBySending])
    const outcomesOf = ({ outcomes }: Round): unknown => steady(outcomes, varying)

    it('asks as much in the second round when nothing is cached', async () => {
      const [first, second] = (await plain()).rounds
      expect(second.requests.length).toBeGreaterThan(neverSpared.length)
      expect(linesOf(second)).toEqual(without(linesOf(first), keptByClient))
    })

    it('gets its answers and its refusals from the origin, the same in both rounds', async () => {
      const [first, second] = (await plain()).rounds
      const { missing, refused, ...found } = first.outcomes
      for (const outcome of Object.values(found)) expect(outcome).toHaveProperty('value')
      if (refusals !== undefined) expect({ missing, refused }).toMatchObject(refusals)
      expect(comparable(second)).toEqual(comparable(first))
    })

    it('asks the origin for the same, in the same words, in the first round with the cache', async () => {
      const [expected] = (await plain()).rounds
      const [first] = (await cached()).rounds
      expect(first.requests.map(saidBy)).toEqual(expected.requests.map(saidBy))
    })

    it(`asks the origin in the second round with the cache for ${neverSpared.join(', ') || 'nothing'}`, async () => {
      const [, second] = (await cached()).rounds
      expect(linesOf(second)).toEqual(neverSpared)
    })

    it('gets the same results and errors with the cache, in both rounds', async () => {
      const [expectedFirst, expectedSecond] = (await plain()).rounds
      const [first, second] = (await cached()).rounds
      expect(outcomesOf(first)).toEqual(outcomesOf(expectedFirst))
      expect(outcomesOf(second)).toEqual(outcomesOf(expectedSecond))
    })

    it('prints no warning and ends by itself with the cache', async () => {
      expect((await cached()).errorOutput).toBe((await plain()).errorOutput)
    })
  })
}

/** A run that several tests look at. A failed one fails each of them. */
function onceOnly(run: () => Promise<ClientRun>): () => Promise<ClientRun> {
  let running: Promise<ClientRun> | undefined
  return () => (running ??= run())
}

/** `METHOD /path` of each request. */
export function linesOf({ requests }: Round): string[] {
  return requests.map(({ method, path }) => `${method} ${path}`)
}

/** A list without one occurrence of each of the others. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others]
  return lines.filter((line) => {
    const position = rest.lastIndexOf(line)
    if (position >= 0) rest.splice(position, 1)
    return position < 0
  })
}

/** What the origin was told: where, and by whom. */
function saidBy({ scheme, host, method, url, body, headers }: TlsOriginRequest): object {
  const { accept, authorization, 'content-type': type, 'user-agent': agent } = headers
  return { scheme, host, method, url, body, accept, authorization, type, agent }
}

/** The outcomes of a round, without what differs between two equal answers. */
export function comparable({ outcomes }: Round): unknown {
  return steady(outcomes, VARYING)
}

function steady(value: unknown, varying: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const isHeader = value.length === 2 && typeof value[0] === 'string' && varying.has(value[0].toLowerCase())
    return isHeader ? [] : value.map((item) => steady(item, varying))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !varying.has(name.toLowerCase()))
  return Object.fromEntries(entries.map(([name, item]) => [name, steady(item, varying)]))
}
