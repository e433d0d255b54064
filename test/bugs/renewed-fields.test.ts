// Fields that a response forbids to be used again stay out of the entry also where a 304 brings them.
import { expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'

it.each(['private', 'no-cache'])('a field that %s names is not kept from a 304 either', async (directive) => {
  const { origin, script, clock, ask } = await openHttpWorld({ http: { cacheType: 'shared' } })
  script('/data', ({ headers, nth }) => {
    const isKnown = headers['if-none-match'] !== undefined
    return {
      ...(isKnown ? { status: 304 } : { body: 'body' }),
      headers: { etag: '"1"', 'cache-control': `max-age=60, ${directive}="x-user"`, 'x-user': `user ${nth}` },
    }
  })
  const user = async (): Promise<string | null> => (await ask('/data')).headers.get('x-user')
  expect([await user(), await user()]).toEqual(['user 1', null])
  clock.advance(61_000)
  await user()
  expect(await user()).toBeNull()
  expect(origin.count('/data')).toBe(2)
})
