// How calls through the axios door fail: with the errors that axios itself would give, held against axios itself.
import type { Readable } from 'node:stream'
import axios, { type AxiosError } from 'axios'
import { describe, expect, it } from 'vitest'
import { createCachedAdapter } from '../../src/doors/axios/index.js'
import { CachetteError } from '../../src/errors/cachette-error.js'
import { openOrigin } from '../helpers/cache-world.js'
import { createGate, until } from '../helpers/gate.js'
import { type CallConfig, openAxios } from './axios-door-world.js'

async function errorOf(work: Promise<unknown>): Promise<AxiosError> {
  return work.then(
    () => Promise.reject(new Error('expected a rejection')),
    (error: unknown) => error as AxiosError,
  )
}

const shapeOf = ({ name, message, code, status, isAxiosError, response, config }: AxiosError): object => ({
  name,
  message,
  code,
  status,
  isAxiosError,
  response: response && [response.status, response.statusText, response.data],
  url: config?.url,
})

describe('a status', () => {
  it.each([404, 429, 500, 304])('of %i is refused as axios refuses it, each time', async (status) => {
    const { get, origin, clock } = await openAxios()
    origin.on('/a', { status, ...(status === 304 ? {} : { json: { why: 'x' } }) })
    const plain = await errorOf(axios.get('/a', { baseURL: origin.url }))
    const first = await errorOf(get('/a'))
    // After a 429 the origin is left alone for a second.
    clock.advance(1_000)
    const second = await errorOf(get('/a'))
    expect(shapeOf(first)).toEqual(shapeOf(plain))
    expect(shapeOf(second)).toEqual(shapeOf(plain))
    expect(first).toBeInstanceOf(axios.AxiosError)
    expect(first.response).toHaveProperty('cachette.outcome')
    expect(first.request).toBe(first.response?.request)
  })

  it('is taken where `validateStatus` takes it', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', { status: 404, json: {} })
    expect((await get('/a', { validateStatus: null })).status).toBe(404)
    expect((await get('/a', { validateStatus: (status) => status === 404 })).cachette.outcome).toBe('hit')
    origin.on('/b', {})
    expect((await errorOf(get('/b', { validateStatus: () => false }))).code).toBe('ERR_BAD_RESPONSE')
  })
})

describe('a network that fails', () => {
  it('is the network’s error, with the cache’s as its cause', async () => {
    const { get, origin } = await openAxios()
    await origin.stop()
    const plain = await errorOf(axios.get('/a', { baseURL: origin.url }))
    const error = await errorOf(get('/a'))
    expect(shapeOf(error)).toEqual(shapeOf(plain))
    expect(error.code).toBe('ECONNREFUSED')
    expect(error.request).toMatchObject({ method: 'GET', path: '/a' })
    expect(CachetteError.is(error.cause) && error.cause.code).toBe('CACHETTE_ORIGIN_UNREACHABLE')
    expect(error.cause?.cause).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' })
    expect(Object.keys(error)).not.toContain('cause')
  })

  it('in the middle of a body is an error of axios, whatever is asked for', async () => {
    const { get, origin } = await openAxios()
    const unclaimed = await openOrigin()
    for (const each of [origin, unclaimed]) each.on('/a', { body: 'begin', ending: 'reset-mid-body' })
    for (const responseType of ['text', 'arraybuffer'] as const) {
      const plain = await errorOf(axios.get(`${unclaimed.url}/a`, { responseType }))
      const error = await errorOf(get(`${unclaimed.url}/a`, { responseType }))
      expect(shapeOf(error)).toEqual(shapeOf(plain))
      expect(error.response?.request).toMatchObject({ path: '/a' })
      expect(CachetteError.is(error.cause) && error.cause.code).toBe('CACHETTE_ORIGIN_UNREACHABLE')
      // A small body of a declared service is waited for, and then there is no response.
      const { code, message } = await errorOf(get('/a', { responseType }))
      expect([code, message]).toEqual([plain.code, plain.message])
    }
    origin.on('/b', { body: 'x'.repeat(3_000_000), ending: 'reset-mid-body' })
    const { data } = await get('/b', { responseType: 'stream' })
    const error = await errorOf((data as Readable).toArray())
    expect([error.isAxiosError, error.code]).toEqual([true, 'ECONNRESET'])
  })

  it('does not keep the credentials of a call in its causes', async () => {
    const { get, origin } = await openAxios()
    await origin.stop()
    const error = await errorOf(get('/a', { auth: { username: 'alice', password: 'hunter2' } }))
    const seen = new Set<unknown>()
    for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
      seen.add(cause)
      expect(cause).not.toHaveProperty('config')
    }
    expect(seen.size).toBe(2)
  })

  it('that sends a body which does not decode is a bad response', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', { json: {}, encoding: 'corrupt-gzip' })
    const error = await errorOf(get('/a'))
    expect([error.isAxiosError, error.code?.startsWith('Z_')]).toEqual([true, true])
  })
})

describe('a limit', () => {
  it('of content is kept, from the origin and from the store', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', { body: 'x'.repeat(11), headers: { 'content-type': 'text/plain' } })
    const plain = await errorOf(axios.get('/a', { baseURL: origin.url, maxContentLength: 10 }))
    for (const warm of [false, true]) {
      if (warm) await get('/a', { maxContentLength: 11 })
      const error = await errorOf(get('/a', { maxContentLength: 10 }))
      expect(shapeOf(error)).toEqual(shapeOf(plain))
      expect(error.request).toMatchObject({ method: 'GET', path: '/a' })
      const { data } = await get('/a', { maxContentLength: 10, responseType: 'stream' })
      await expect((data as Readable).toArray()).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' })
    }
  })

  it.each<[CallConfig, string, string]>([
    [{}, 'ECONNABORTED', 'timeout of 30ms exceeded'],
    [{ transitional: { clarifyTimeoutError: true } }, 'ETIMEDOUT', 'timeout of 30ms exceeded'],
    [{ timeoutErrorMessage: 'too slow' }, 'ECONNABORTED', 'too slow'],
  ])('of time with %o ends the call', async (config, code, message) => {
    const { get, origin, client } = await openAxios()
    origin.on('/a', { ending: 'hang' })
    const limited = { ...config, timeout: 30 }
    const error = await errorOf(get('/a', limited))
    expect(shapeOf(error)).toEqual(
      shapeOf(await errorOf(axios.get('/a', { baseURL: client.defaults.baseURL!, ...(limited as object) }))),
    )
    expect([error.code, error.message]).toEqual([code, message])
    expect(error.request).toMatchObject({ method: 'GET', path: '/a' })
    await origin.stop()
  })

  it('of time also bounds the body, and lets go of what never ends', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', { body: 'begin', ending: 'drip' })
    expect((await errorOf(get('/a', { timeout: 30 }))).code).toBe('ECONNABORTED')
  })

  it.each([1, 2, 3])('of %i redirects is kept', async (maxRedirects) => {
    const { get, origin } = await openAxios()
    for (const left of [3, 2, 1])
      origin.on(`/${left}`, { status: 302, headers: { location: `/${left - 1}` } })
    const limited = { baseURL: origin.url, maxRedirects }
    if (maxRedirects === 3) expect((await get('/3', { maxRedirects })).status).toBe(200)
    else {
      const error = await errorOf(get('/3', { maxRedirects }))
      expect(shapeOf(error)).toEqual(shapeOf(await errorOf(axios.get('/3', limited))))
      expect(error.code).toBe('ERR_FR_TOO_MANY_REDIRECTS')
      expect(CachetteError.is(error.cause) && error.cause.code).toBe('CACHETTE_INVALID_RESPONSE')
    }
  })

  it('of time that is no number is refused', async () => {
    const { get, origin } = await openAxios()
    const timeout = 'soon' as unknown as number
    const plain = await errorOf(axios.get('/a', { baseURL: origin.url, timeout }))
    expect(shapeOf(await errorOf(get('/a', { timeout })))).toEqual(shapeOf(plain))
  })
})

describe('a caller who leaves', () => {
  it.each(['signal', 'cancelToken'] as const)(
    'by `%s` is told so at once, and the others are answered',
    async (by) => {
      const { get, origin } = await openAxios()
      const gate = createGate()
      origin.on('/a', { json: { a: 1 }, after: gate.opened })
      const controller = new AbortController()
      const source = axios.CancelToken.source()
      const leave = by === 'signal' ? () => controller.abort() : () => source.cancel('enough')
      const config = by === 'signal' ? { signal: controller.signal } : { cancelToken: source.token }
      const left = errorOf(get('/a', config))
      const stayed = get('/a')
      await until(() => origin.count('/a') === 1)
      leave()
      const error = await left
      expect(axios.isCancel(error)).toBe(true)
      expect([error.code, error.message]).toEqual(['ERR_CANCELED', by === 'signal' ? 'canceled' : 'enough'])
      gate.open()
      expect((await stayed).data).toEqual({ a: 1 })
      expect(origin.count('/a')).toBe(1)
    },
  )

  it('in the middle of a stream has it destroyed', async () => {
    const { get, origin } = await openAxios()
    origin.on('/a', { body: 'begin', ending: 'drip' })
    const controller = new AbortController()
    const { data } = await get('/a', { signal: controller.signal, responseType: 'stream' })
    const stream = data as Readable
    const pieces = stream.toArray()
    controller.abort()
    await expect(pieces).rejects.toMatchObject({ code: 'ERR_CANCELED' })
    expect(stream.destroyed).toBe(true)
  })

  it('leaves nothing behind for those who call after a hit', async () => {
    const { get, origin } = await openAxios()
    await get('/a')
    const leaving = new AbortController()
    expect((await get('/a', { signal: leaving.signal })).cachette.outcome).toBe('hit')
    leaving.abort()
    expect((await get('/a', { timeout: 1_000 })).cachette.outcome).toBe('hit')
    expect((await get('/b', { timeout: 1_000 })).cachette.outcome).toBe('miss')
    expect(origin.count()).toBe(2)
  })
})

describe('what is wrong with a call', () => {
  it('is refused when the adapter is made', () => {
    expect(() => createCachedAdapter({} as never)).toThrow('was not given an instance')
    const cachette = openAxios().then(({ cachette: opened }) => {
      expect(() => createCachedAdapter(opened, { forzen: true } as never)).toThrow('unknown option "forzen"')
      expect(() => createCachedAdapter(opened, { frozen: 'yes' } as never)).toThrow('frozen is "yes"')
    })
    return cachette
  })

  it('is an error of axios once the instance is closed', async () => {
    const { get, cachette } = await openAxios()
    await cachette.close()
    expect(await errorOf(get('/a'))).toMatchObject({ code: 'CACHETTE_CLOSED', isAxiosError: true })
  })
})
