// A body that was parsed as JSON is still the bytes that came, whatever they are.
import { expect, it } from 'vitest'
import { EntryBody } from '../../src/model/entry-body.js'
import { openWorld } from '../helpers/cache-world.js'

it('JSON that is no proper UTF-8 keeps its bytes', () => {
  const bytes = new Uint8Array([0x22, 0xff, 0xc3, 0x22])
  const body = new EntryBody(bytes)
  expect(body.json()).toBe('\ufffd\ufffd')
  expect(body.bytes()).toEqual(bytes)
})

it('JSON in Latin-1 reaches fetch as it was sent, though the service class has read it', async () => {
  const { api, origin, cachette } = await openWorld()
  const body = Buffer.from('{"name":"Am\u00e9lie"}', 'latin1')
  origin.on('/data', { body, headers: { 'content-type': 'application/json; charset=iso-8859-1' } })
  await api.getExternal('/data')
  const response = await cachette.fetch(`${origin.url}/data`)
  expect(response.cachette?.outcome).toBe('hit')
  expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0)
})

it('JSON may be nested as deep as it parses', () => {
  const text = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const body = new EntryBody(Buffer.from(text))
  expect(() => body.json()).not.toThrow()
  expect(Buffer.from(body.bytes()).toString()).toBe(text)
})
