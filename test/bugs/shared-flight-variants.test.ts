// A flight is led for a URL; those who join it may ask for another variant than its leader.
import { describe, expect, it } from 'vitest'
import { openHttpWorld } from '../end-to-end/http-freshness-world.js'
import { createGate, until } from '../helpers/gate.js'
import type { SeenRequest } from '../helpers/loopback-origin.js'

const languageOf = ({ headers }: SeenRequest): string => String(headers['accept-language'])

async function openPair() {
  const world = await openHttpWorld()
  const say = async (language: string): Promise<string> =>
    (await world.ask('/data', { headers: { 'accept-language': language } })).text

  /** Both ask while the origin keeps the first one waiting. */
  async function bothAtOnce(open: () => void): Promise<string[]> {
    const before = world.origin.count()
    const english = say('en')
    await until(() => world.origin.count() > before)
    const french = say('fr')
    await new Promise((resolve) => setImmediate(resolve))
    open()
    return Promise.all([english, french])
  }
  return { ...world, say, bothAtOnce }
}

describe('callers who ask for two variants at once', () => {
  it('each get their own where the response cannot be stored', async () => {
    const { script, bothAtOnce } = await openPair()
    const gate = createGate()
    script('/data', (request) => ({
      body: languageOf(request),
      headers: { vary: 'accept-language' },
      after: gate.opened,
    }))
    expect(await bothAtOnce(gate.open)).toEqual(['en', 'fr'])
  })

  it('each get their own where both are validated', async () => {
    const { script, clock, say, bothAtOnce } = await openPair()
    const gate = createGate()
    let after: Promise<void> | undefined = undefined as Promise<void> | undefined
    script('/data', (request) => {
      const language = languageOf(request)
      const etag = `"${language}"`
      const headers = { vary: 'accept-language', etag, 'cache-control': 'max-age=60' }
      const isKnown = request.headers['if-none-match'] === etag
      return { headers, ...(isKnown ? { status: 304 } : { body: language }), ...(after && { after }) }
    })
    expect([await say('en'), await say('fr')]).toEqual(['en', 'fr'])
    clock.advance(61_000)
    after = gate.opened
    expect(await bothAtOnce(gate.open)).toEqual(['en', 'fr'])
  })

  it('each get their own where the origin fails and older entries stand in', async () => {
    const { script, clock, say, bothAtOnce } = await openPair()
    const headers = { vary: 'accept-language', 'cache-control': 'max-age=60, stale-if-error=600' }
    script('/data', (request) => ({ body: languageOf(request), headers }))
    expect([await say('en'), await say('fr')]).toEqual(['en', 'fr'])
    clock.advance(61_000)
    const gate = createGate()
    script('/data', { status: 503, after: gate.opened })
    expect(await bothAtOnce(gate.open)).toEqual(['en', 'fr'])
  })
})

describe('a stored part', () => {
  it('is given to those alone who ask for its variant', async () => {
    const { script, ask } = await openPair()
    script('/part', (request) => ({
      status: 206,
      body: languageOf(request),
      headers: { vary: 'accept-language', 'content-range': 'bytes 0-1/10', 'cache-control': 'max-age=60' },
    }))
    const say = async (language: string): Promise<string> =>
      (await ask('/part', { headers: { 'accept-language': language, range: 'bytes=0-1' } })).text
    expect([await say('en'), await say('fr'), await say('en')]).toEqual(['en', 'fr', 'en'])
  })

  it('does not take the place of a whole that is stored', async () => {
    const { script, ask, origin } = await openPair()
    const headers = { vary: 'accept-language', 'cache-control': 'max-age=60' }
    script('/part', { body: 'abcdefghij', headers: { 'cache-control': 'max-age=60' } })
    await ask('/part')
    script('/part', {
      status: 206,
      body: 'ab',
      headers: { ...headers, 'content-range': 'bytes 0-1/10' },
    })
    await ask('/part', { headers: { range: 'bytes=0-1', 'cache-control': 'no-cache' } })
    await ask('/part')
    expect(origin.count('/part')).toBe(2)
  })
})
