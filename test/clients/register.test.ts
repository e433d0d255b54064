// What the preloaded cache does beyond one client: several clients, several processes, hosts, refusals for asking often.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTlsOrigin, type TlsOrigin } from '../helpers/tls-origin.js'
import { comparable, linesOf } from './client-suite.js'
import { createProviderAnswers, RECORDED } from './provider-answers.js'
import { runClient, type RunOptions } from './run-client.js'

let origin: TlsOrigin
beforeAll(async () => {
  origin = await startTlsOrigin(createProviderAnswers(RECORDED))
})
afterAll(() => origin.close())

const run = (program: string, options: Partial<RunOptions> = {}) =>
  runClient(origin, { program, reaches: 'real-host', cache: 'preloaded', ...options })

describe('clients that accept different codings, on one entry', () => {
  const program = 'mixed-clients.mjs'

  it('all ask the origin when nothing is cached', async () => {
    const { rounds } = await run(program, { cache: 'none' })
    for (const round of rounds) expect(linesOf(round)).toEqual(Array(5).fill('GET /3/tv/1396'))
  })

  it('each get the body in a coding that they accept', async () => {
    const expected = await run(program, { cache: 'none' })
    const { rounds } = await run(program)
    expect(rounds.map(comparable)).toEqual(expected.rounds.map(comparable))
    for (const { outcomes } of rounds) {
      const raw = [outcomes['withGzip'], outcomes['withoutCoding'], outcomes['withIdentity']]
      for (const outcome of raw) expect(outcome).toMatchObject({ value: { isAcceptable: true } })
    }
  })

  it('ask the origin for nothing in the second round', async () => {
    const [, second] = (await run(program)).rounds
    expect(linesOf(second)).toEqual([])
  })
})

describe('several processes on one store', () => {
  it.each(['global-fetch.mjs', 'axios.mjs'])('%s finds what an earlier process stored', async (program) => {
    const folder = await mkdtemp(join(tmpdir(), 'cachette-store-'))
    const environment = { CACHETTE_STORE: `lmdb:${folder}` }
    const [stored] = (await run(program, { environment })).rounds
    const [found] = (await run(program, { environment })).rounds
    await rm(folder, { recursive: true, force: true })
    expect(stored.requests).toHaveLength(5)
    // The refusal of a wrong key is nothing to be found.
    expect(linesOf(found)).toEqual(['GET /3/tv/1396'])
    expect(comparable(found)).toEqual(comparable(stored))
  })
})

describe('an address on loopback that nobody named', () => {
  it('is left alone', async () => {
    const options = { reaches: 'loopback', environment: { CACHETTE_HOSTS: undefined } } as const
    const expected = await run('global-fetch.mjs', { ...options, cache: 'none' })
    const { rounds } = await run('global-fetch.mjs', options)
    expect(rounds.map(linesOf)).toEqual(expected.rounds.map(linesOf))
    expect(rounds.map(comparable)).toEqual(expected.rounds.map(comparable))
  })
})

describe('a refusal for having asked too often', () => {
  const plain = { status: 429, retryAfter: null }
  const spotify = { status: 429, retryAfter: '1', body: 'Too many requests' }

  it('reaches the program when nothing is cached', async () => {
    const [first] = (await run('limited.mjs', { cache: 'none' })).rounds
    const outcomes = { tmdb: { value: plain }, spotify: { value: spotify }, books: { value: plain } }
    expect(first.outcomes).toMatchObject(outcomes)
  })

  it('reaches the program as the API said it, the first time', async () => {
    const expected = await run('limited.mjs', { cache: 'none' })
    const [first] = (await run('limited.mjs')).rounds
    expect(comparable(first)).toEqual(comparable(expected.rounds[0]))
    // Each API is asked again as it said, twice, in both rounds.
  }, 60_000)

  it('reaches the program each time from a host without a profile, at one request each', async () => {
    const { rounds } = await run('limited.mjs', { reaches: 'loopback' })
    for (const round of rounds) {
      expect(round.outcomes).toMatchObject({ tmdb: { value: plain } })
      expect(linesOf(round).filter((line) => line === 'GET /3/movie/429')).toHaveLength(1)
    }
  })
})
