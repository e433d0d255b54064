// What is answered from the store, for how long, and what goes past it.
import type { DoorTesting } from './door-testing.js'
import { counted, inTurn, whole } from './replies.js'
import type { Reply } from './scripted-origin.js'

const MINUTE_MS = 60_000

/** Hits, misses, revalidation, bypass. */
export function describeStoredAnswers({ describe, test, expect }: DoorTesting): void {
  describe('what is stored', () => {
    test('a first call asks the origin, a second one does not', async ({ origin, ask, outcomes }) => {
      origin.on('/a', counted())
      const answers = [await ask('/a'), await ask('/a')]
      expect(answers.map(({ status, text }) => [status, text])).toEqual([
        [200, 'call 1'],
        [200, 'call 1'],
      ])
      expect(origin.count('/a')).toBe(1)
      expect(await outcomes(2)).toEqual({ miss: 1, hit: 1 })
    })

    test('an answer without cache fields is fresh for the TTL, and no longer', async ({
      origin,
      ask,
      clock,
    }) => {
      origin.on('/a', counted())
      await ask('/a')
      clock.advance(59 * MINUTE_MS)
      expect((await ask('/a')).text).toBe('call 1')
      clock.advance(2 * MINUTE_MS)
      expect((await ask('/a')).text).toBe('call 2')
    })

    test('the order of parameters makes no difference', async ({ origin, ask }) => {
      origin.on('/a', counted())
      const answers = [await ask('/a?x=1&y=2'), await ask('/a?y=2&x=1'), await ask('/a?x=2&y=1')]
      expect(answers.map(({ text }) => text)).toEqual(['call 1', 'call 1', 'call 2'])
    })

    test('what the origin forbids to store is asked for again', async ({ origin, ask }) => {
      origin.on('/a', counted({ 'cache-control': 'no-store' }))
      expect([(await ask('/a')).text, (await ask('/a')).text]).toEqual(['call 1', 'call 2'])
    })

    test('a stale answer that the origin confirms is used again', async ({
      origin,
      ask,
      clock,
      outcomes,
    }) => {
      const confirmed: Reply = (response, { headers }) => {
        response.writeHead(headers['if-none-match'] === '"e1"' ? 304 : 500, { etag: '"e1"' }).end()
      }
      origin.on('/a', inTurn(whole('the body', { headers: { etag: '"e1"' } }), confirmed))
      await ask('/a')
      clock.advance(61 * MINUTE_MS)
      const { status, text } = await ask('/a')
      expect([status, text]).toEqual([200, 'the body'])
      expect(await outcomes(2)).toEqual({ miss: 1, revalidated: 1 })
    })

    test('a POST goes past the cache with its body, each time', async ({ origin, ask, outcomes }) => {
      origin.on('/a', counted())
      const post = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'héllo' }
      expect([(await ask('/a', post)).text, (await ask('/a', post)).text]).toEqual(['call 1', 'call 2'])
      expect(origin.requests.map(({ method, body }) => [method, body])).toEqual([
        ['POST', 'héllo'],
        ['POST', 'héllo'],
      ])
      expect(await outcomes(2)).toEqual({ bypass: 2 })
    })

    test('what a POST may have changed is asked for again', async ({ origin, ask }) => {
      origin.on('/a', counted())
      await ask('/a')
      await ask('/a', { method: 'POST', body: 'x' })
      expect((await ask('/a')).text).toBe('call 3')
    })

    test(
      'a host that nobody claims is cached as HTTP says',
      async ({ elsewhere, read }) => {
        elsewhere.on('/fresh', counted({ 'cache-control': 'max-age=60' }))
        elsewhere.on('/unsaid', counted())
        const fresh = [await read(`${elsewhere.url}/fresh`), await read(`${elsewhere.url}/fresh`)]
        const unsaid = [await read(`${elsewhere.url}/unsaid`), await read(`${elsewhere.url}/unsaid`)]
        expect(fresh.map(({ text }) => text)).toEqual(['call 1', 'call 1'])
        expect(unsaid.map(({ text }) => text)).toEqual(['call 1', 'call 2'])
      },
      { needs: 'reachesAnyHost' },
    )
  })
}
