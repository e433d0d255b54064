import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cachette, createCachette } from '../../src/index.js'
import { errorOf, until } from '../helpers/gate.js'

describe('a call whose callers have all left', () => {
  const open = new Map<string, ServerResponse>()
  const closed = new Set<string>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    open.set(path, response)
    response.on('close', () => {
      if (!response.writableEnded) closed.add(path)
    })
    const length = path.startsWith('/bounded') ? { 'content-length': '8' } : {}
    const forbidden = path.endsWith('/no-store') ? { 'cache-control': 'no-store' } : {}
    response.writeHead(200, { 'content-type': 'application/json', ...length, ...forbidden })
    response.write('{"a"')
  })
  let cachette: Cachette
  let base: string

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    cachette = await createCachette({ env: {} })
  })

  afterAll(async () => {
    await cachette.close()
    server.closeAllConnections()
    server.close()
  })

  async function leave(path: string): Promise<void> {
    const controller = new AbortController()
    const left = errorOf(
      cachette.service('my_service').getExternal(`${base}${path}`, { signal: controller.signal }),
    )
    await until(() => open.has(path))
    controller.abort(new Error('left'))
    expect(await left).toEqual(new Error('left'))
  }

  it.each(['/endless', '/bounded/no-store'])('is cancelled where its body is %s', async (path) => {
    await leave(path)
    await until(() => closed.has(path))
  })

  it('goes on where its body is bounded and may be stored, and serves the next caller', async () => {
    await leave('/bounded')
    open.get('/bounded')?.end(':1 }')
    await until(() => open.get('/bounded')?.writableFinished === true)
    const answer = await cachette.service('my_service').fetchExternal(`${base}/bounded`)
    expect(answer.data).toEqual({ a: 1 })
    expect(['hit', 'coalesced']).toContain(answer.outcome)
    expect(closed.has('/bounded')).toBe(false)
  })

  it('is not joined once it is cancelled: the next caller asks anew', async () => {
    await leave('/endless/again')
    const cancelled = open.get('/endless/again')
    await until(() => closed.has('/endless/again'))
    const next = cachette.service('my_service').getExternal(`${base}/endless/again`)
    await until(() => open.get('/endless/again') !== cancelled)
    open.get('/endless/again')?.end(':2}')
    expect(await next).toEqual({ a: 2 })
  })
})
