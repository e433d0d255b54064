// What holds for every client: the same answers and errors with the cache as without, at the cost of one round.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTlsOrigin, type TlsOrigin, type TlsOriginRequest } from '../helpers/tls-origin.js'
import type { Client } from './clients.js'
import { createProviderAnswers, RECORDED } from './provider-answers.js'
import { runClient, type ClientRun, type Round } from './run-client.js'

/** Headers that differ between two answers of one origin, or belong to a connection or to a coding undone. */
const VARYING = new Set([
  'age',
  'cache-status',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'expires',
  'keep-alive',
  'transfer-encoding',
])

/**
 * Declares the tests of some clients. Each program runs once without the cache and once with it, against recorded
 * responses where there are any, else or on request against made up ones.
 */
export function describeClients(clients: readonly Client[], from: 'recorded' | 'made-up' = 'recorded'): void {
  let origin: TlsOrigin
  beforeAll(async () => {
    origin = await startTlsOrigin(createProviderAnswers(from === 'recorded' ? RECORDED : undefined))
  })
  afterAll(() => origin.close())

  describe.each(clients)('$program, $reaches', (client) => {
    const plain = onceOnly(() => runClient(origin, { ...client, isCached: false }))
    const cached = onceOnly(() => runClient(origin, { ...client, isCached: true }))
    const { neverSpared, keptByClient, refusals } = client

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
      expect(comparable(first)).toEqual(comparable(expectedFirst))
      expect(comparable(second)).toEqual(comparable(expectedSecond))
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
  return steady(outcomes)
}

function steady(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isHeader = value.length === 2 && typeof value[0] === 'string' && VARYING.has(value[0].toLowerCase())
    return isHeader ? [] : value.map(steady)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !VARYING.has(name.toLowerCase()))
  return Object.fromEntries(entries.map(([name, item]) => [name, steady(item)]))
}
