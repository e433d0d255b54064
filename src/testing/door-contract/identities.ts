// Callers with credentials of their own: each has entries of its own, and all are cached.
import type { DoorCall } from './door-client.js'
import type { DoorTesting } from './door-testing.js'
import { whole } from './replies.js'
import type { Reply } from './scripted-origin.js'

/** Who the origin took the caller for. */
const whoami: Reply = (response, request) => {
  const { authorization, cookie } = request.headers
  const apiKey = /[?&]api_key=(\w+)/.exec(request.url)?.[1]
  void whole(`you are ${authorization ?? cookie ?? apiKey ?? 'nobody'}`)(response, request)
}

/** Isolation. */
export function describeIdentities({ describe, test, expect }: DoorTesting): void {
  const brought: readonly (readonly [string, (name: string) => readonly [path: string, call: DoorCall]])[] = [
    ['Authorization', (name) => ['/me', { headers: { Authorization: name } }]],
    ['Cookie', (name) => ['/me', { headers: { Cookie: name } }]],
    ['api_key', (name) => [`/me?api_key=${name}`, {}]],
  ]
  describe('callers with credentials', () => {
    for (const [title, callOf] of brought) {
      test(`two values of ${title} never share an answer, and both are cached`, async ({ origin, ask }) => {
        origin.on('/me', whoami)
        const names = ['alice', 'bob', 'alice', 'bob']
        const texts: string[] = []
        for (const name of names) texts.push((await ask(...callOf(name))).text)
        expect(texts).toEqual(names.map((name) => `you are ${name}`))
        expect(origin.count('/me')).toBe(2)
      })
    }

    test('a caller without credentials gets none of theirs', async ({ origin, ask }) => {
      origin.on('/me', whoami)
      await ask('/me', { headers: { Authorization: 'alice' } })
      expect((await ask('/me')).text).toBe('you are nobody')
    })
  })
}
