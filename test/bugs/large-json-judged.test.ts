// A body that has a say in what a response is worth is judged whole, also where it goes to the store piece by piece.
import { describe, expect, it } from 'vitest'
import { newFolder, openWorld } from '../helpers/cache-world.js'
import { errorOf } from '../helpers/gate.js'

const LONG = 'x'.repeat(2 * 1024 ** 2)
const JSON_TYPE = { 'content-type': 'application/json' }

describe.each(['memory:', 'lmdb'])('JSON of 2 MiB in %s', (kind) => {
  const store = (): string => (kind === 'lmdb' ? `lmdb:${newFolder()}/store` : kind)

  it('that does not parse is an error and is not stored, through the service class', async () => {
    const { api, origin, cachette } = await openWorld({ store: store() })
    origin.on('/data', { body: `{"text":"${LONG}"`, headers: JSON_TYPE })
    expect((await errorOf(api.getExternal('/data'))).code).toBe('CACHETTE_INVALID_RESPONSE')
    expect((await cachette.list()).entries).toEqual([])
  })

  it('that does not parse is an error and is not stored, through fetch', async () => {
    const { origin, cachette } = await openWorld({ store: store() })
    origin.on('/data', { body: `{"text":"${LONG}"`, headers: JSON_TYPE })
    const { cause } = await errorOf(cachette.fetch(`${origin.url}/data`))
    expect(cause).toMatchObject({ code: 'CACHETTE_INVALID_RESPONSE' })
    expect((await cachette.list()).entries).toEqual([])
  })

  it('that is classified as a failure does not replace what was there', async () => {
    const classify = ({ json }: { readonly json: unknown }): 'ok' | 'transient' =>
      (json as { bad?: boolean } | undefined)?.bad === true ? 'transient' : 'ok'
    const { api, origin } = await openWorld({ store: store(), service: { classify, ttl: '1h' } })
    origin.on('/data', { json: { bad: false } })
    await api.getExternal('/data')
    origin.on('/data', { json: { bad: true, text: LONG } })
    expect(await api.fetchExternal('/data', { refresh: true })).toMatchObject({
      outcome: 'rescued',
      data: { bad: false },
    })
    expect(await api.fetchExternal('/data')).toMatchObject({ data: { bad: false } })
  })
})
