import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.js'
import { createDemoOrigin } from './demo-origin.js'
import { popularRequests } from './popular-requests.js'
import { createZipfStream } from './zipf-stream.js'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('a Zipf stream', () => {
  it('is the same for the same seed, draws only what is there, and counts the distinct ones', () => {
    const options = fc.record({
      requests: fc.integer({ min: 1, max: 300 }).map(numbers),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      length: fc.integer({ min: 0, max: 500 }),
      exponent: fc.double({ min: 0, max: 3, noNaN: true }),
    })
    fc.assert(
      fc.property(options, (given) => {
        const stream = createZipfStream(given)
        expect(createZipfStream(given)).toEqual(stream)
        expect(stream.requests).toHaveLength(given.length)
        expect(stream.requests.every((request) => request < given.requests.length)).toBe(true)
        expect(stream.distinct).toBe(new Set(stream.requests).size)
      }),
    )
  })

  it('differs by seed', () => {
    const drawn = (seed: number) => createZipfStream({ requests: numbers(100), seed, length: 50 }).requests
    expect(drawn(1)).not.toEqual(drawn(2))
  })

  it.each([0, 0.8, 1, 1.2])(
    'draws each rank as often as exponent %d says, within five deviations',
    (exponent) => {
      const count = 50
      const length = 40_000
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
          const { requests } = createZipfStream({ requests: numbers(count), seed, length, exponent })
          const total = numbers(count).reduce((sum, index) => sum + (index + 1) ** -exponent, 0)
          for (const rank of [1, 2, 10, count]) {
            const probability = rank ** -exponent / total
            const expected = length * probability
            const deviation = Math.sqrt(expected * (1 - probability))
            const seen = requests.filter((request) => request === rank - 1).length
            expect(Math.abs(seen - expected)).toBeLessThan(5 * deviation)
          }
        }),
        { numRuns: 10, seed: 7 },
      )
    },
  )

  it('needs something to draw from', () => {
    expect(() => createZipfStream({ requests: [], seed: 1, length: 1 })).toThrow(RangeError)
  })
})

describe('the popular requests', () => {
  it('are distinct, take the services in turn, and are the same for the same seed', () => {
    const requests = popularRequests(loadCatalogue(), 1)
    expect(new Set(requests.map((request) => JSON.stringify(request))).size).toBe(requests.length)
    expect(requests.slice(0, 4).map(({ service }) => service)).toEqual(['tmdb', 'spotify', 'books', 'tmdb'])
    expect(popularRequests(loadCatalogue(), 1)).toEqual(requests)
  })

  it('are all answered by the demo origin', async () => {
    const origin = await createDemoOrigin({ faultRate: 0, wait: () => Promise.resolve() })
    const { environment: env } = origin
    const basic = Buffer.from(`${env.SPOTIFY_CLIENT_ID}:${env.SPOTIFY_CLIENT_SECRET}`).toString('base64')
    const answer = await fetch(`${env.SPOTIFY_ACCOUNTS_URL}/api/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    const places = {
      tmdb: { base: env.TMDB_BASE_URL, credential: { api_key: env.TMDB_API_KEY } },
      spotify: { base: env.SPOTIFY_BASE_URL, credential: {} },
      books: { base: env.GOOGLE_BOOKS_BASE_URL, credential: { key: env.GOOGLE_BOOKS_API_KEY } },
    }
    for (const { service, path, params } of popularRequests(loadCatalogue(), 1)) {
      const { base, credential } = places[service]
      const query = new URLSearchParams({ ...params, ...credential })
      const headers = { Authorization: service === 'spotify' ? `Bearer ${token}` : '' }
      const response = await fetch(`${base}${path}?${query}`, { headers })
      expect([path, params, response.status]).toEqual([path, params, 200])
      await response.arrayBuffer()
    }
    await origin.close()
  })
})
