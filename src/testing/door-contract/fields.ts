// Header fields, HEAD and redirects.
import type { DoorTesting } from './door-testing.js'
import { counted, whole } from './replies.js'

/** What stands around bodies. */
export function describeFields(testing: DoorTesting): void {
  testing.describe('fields', () => {
    describeRepeated(testing)
    describeOurs(testing)
  })
  testing.describe('methods and redirects', () => describeForms(testing))
}

function describeRepeated({ test, expect }: DoorTesting): void {
  test('that are repeated survive, from the origin and from the store', async ({ origin, ask }) => {
    origin.on('/a', whole('x', { headers: { Link: ['<a>; rel=next', '<b>; rel=prev'], 'X-Odd': 'v' } }))
    for (const from of ['origin', 'store']) {
      const { field } = await ask('/a')
      expect([from, field('link'), field('x-odd')]).toEqual([from, '<a>; rel=next, <b>; rel=prev', 'v'])
    }
  })

  test(
    'that set cookies reach the one who asked, each on its own, and nobody else',
    async ({ origin, call }) => {
      origin.on('/a', whole('x', { headers: { 'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/'] } }))
      const cookies: string[][] = []
      for (let caller = 0; caller < 2; caller += 1) {
        const answer = await call(`${origin.url}/a`)
        await answer.bytes()
        const isCookie = (name: string): boolean => name.toLowerCase() === 'set-cookie'
        cookies.push(answer.headers.filter(([name]) => isCookie(name)).map(([, value]) => value))
      }
      expect(cookies).toEqual([['a=1; Path=/', 'b=2; Path=/'], []])
    },
    { needs: 'keepsCookiesApart' },
  )
}

function describeOurs({ test, expect }: DoorTesting): void {
  test(
    'tell what the cache did, and how old a stored answer is',
    async ({ origin, ask, clock }) => {
      origin.on('/a', counted())
      const first = await ask('/a')
      clock.advance(10_000)
      const second = await ask('/a')
      expect([first.field('age'), second.field('age')]).toEqual([undefined, '10'])
      expect(/^cachette; fwd=/.test(first.field('cache-status') ?? '')).toBe(true)
      expect(/^cachette; hit; ttl=35(89|90);/.test(second.field('cache-status') ?? '')).toBe(true)
    },
    { needs: 'tellsCacheStatus' },
  )
}

function describeForms({ test, expect }: DoorTesting): void {
  test('an answer to HEAD has fields and no body, and is none to GET', async ({ origin, ask }) => {
    origin.on('/a', counted({ etag: '"e1"' }))
    const head = await ask('/a', { method: 'HEAD' })
    expect([head.status, head.text, head.field('etag')]).toEqual([200, '', '"e1"'])
    expect((await ask('/a')).text).toBe('call 2')
  })

  const redirect = whole('over there', { status: 302, headers: { location: '/to' } })

  test(
    'a redirect is followed',
    async ({ origin, ask }) => {
      origin.on('/from', redirect)
      origin.on('/to', whole('there'))
      const answers = [await ask('/from'), await ask('/from')]
      expect(answers.map(({ status, text }) => [status, text])).toEqual([
        [200, 'there'],
        [200, 'there'],
      ])
      expect(origin.count('/to')).toBe(1)
    },
    { needs: 'followsRedirects' },
  )

  test(
    'a redirect is handed back',
    async ({ origin, ask }) => {
      origin.on('/from', redirect)
      const { status, field } = await ask('/from')
      expect([status, field('location'), origin.count('/to')]).toEqual([302, '/to', 0])
    },
    { lacks: 'followsRedirects' },
  )
}
