// An origin that keeps sending and never ends holds nobody for longer than the timeout, save those who read a stream.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ServiceOptions } from '../../src/config/service-options.js'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import { errorOf, until } from '../helpers/gate.js'

const TIMEOUT_MS = 400
/** So often a piece comes: none is late. */
const EVERY_MS = 40

/** An origin that drips for ever with a given type, and how many bodies it has open. */
async function openDrip(
  type: string,
  { service = {}, fields = {} }: { service?: ServiceOptions; fields?: Readonly<Record<string, string>> } = {},
): Promise<{ cachette: Cachette; url: string; open: () => number }> {
  let open = 0
  const server = createServer((_, response) => {
    open += 1
    response.writeHead(200, { 'content-type': type, ...fields })
    response.write('[0')
    const timer = setInterval(() => void response.write(', 1'), EVERY_MS)
    response.on('close', () => {
      open -= 1
      clearInterval(timer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const common = { timeout: TIMEOUT_MS, retry: { attempts: 1 }, breaker: false } as const
  const cachette = await createCachette({
    env: {},
    services: { my_service: { baseURL: url, ...common, ...service } },
  })
  onTestFinished(() => cachette.close())
  return { cachette, url: `${url}/data`, open: () => open }
}

/** The error of ours below fetch's own. */
function causeOf(error: Error): unknown {
  return error.cause
}

describe('a body that drips without end', () => {
  it.each<[string, string, ServiceOptions, Readonly<Record<string, string>>]>([
    ['JSON', 'application/json', {}, {}],
    ['JSON of a kind of its own', 'application/vnd.api+json', {}, {}],
    ['one of a small size', 'image/png', {}, { 'content-length': '100000' }],
    ['one that is validated', 'image/png', { validate: passingSchema() }, {}],
  ])(
    'ends the call of fetch at the timeout, where it is waited for: %s',
    async (_, type, service, fields) => {
      const { cachette, url, open } = await openDrip(type, { service, fields })
      const startMs = performance.now()
      const error = await errorOf(cachette.fetch(url).then((response) => response.text()))
      expect(causeOf(error)).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
      expect(performance.now() - startMs).toBeLessThan(5 * TIMEOUT_MS)
      await until(() => open() === 0, 'the end of the connection')
      expect((await cachette.list()).entries).toEqual([])
    },
  )

  it.each<[string, string, ServiceOptions]>([
    ['text', 'text/plain; charset=utf-8', {}],
    ['a page', 'text/html', {}],
    ['JSON by HTTP’s rules', 'application/json', { freshness: 'http' }],
  ])('ends at the timeout, counted from the call, where it would be stored: %s', async (_, type, service) => {
    const { cachette, url, open } = await openDrip(type, {
      service,
      fields: { 'cache-control': 'max-age=60' },
    })
    const startMs = performance.now()
    const response = await cachette.fetch(url)
    const error = await errorOf(response.text())
    expect(causeOf(error)).toMatchObject({ code: 'CACHETTE_TIMEOUT' })
    expect(performance.now() - startMs).toBeLessThan(5 * TIMEOUT_MS)
    await until(() => open() === 0, 'the end of the connection')
    expect((await cachette.list()).entries).toEqual([])
  })

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['events', 'text/event-stream', {}],
    ['bytes', 'application/octet-stream', {}],
    ['text that is not stored', 'text/plain', { 'cache-control': 'no-store' }],
  ])('is read as a stream for as long as pieces come: %s', async (_, type, fields) => {
    const { cachette, url } = await openDrip(type, { fields })
    const startMs = performance.now()
    const response = await cachette.fetch(url)
    const reader = response.body!.getReader()
    while (performance.now() - startMs < 3 * TIMEOUT_MS) expect((await reader.read()).done).toBe(false)
    await reader.cancel()
  })
})

/** A schema that everything passes. */
function passingSchema(): NonNullable<ServiceOptions['validate']> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  }
}
