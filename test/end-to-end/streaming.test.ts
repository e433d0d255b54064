// Bodies that are large, slow, endless or unwanted, in a process of their own whose memory is watched.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PACKAGE, runProgram } from '../helpers/cache-peer.js'
import { newFolder } from '../helpers/cache-world.js'
import { until } from '../helpers/gate.js'

const MIB = 1024 ** 2
const BLOCK = randomBytes(MIB)

/** What became of each path. */
const written = new Map<string, number>()
const cut = new Set<string>()

/** Writes blocks as fast as they are taken; `blocks` may be Infinity. */
function pour(path: string, response: ServerResponse, blocks: number): void {
  let sent = 0
  const write = (): void => {
    while (!response.destroyed && sent < blocks) {
      sent += 1
      written.set(path, sent * MIB)
      if (!response.write(BLOCK)) return void response.once('drain', write)
    }
    if (!response.destroyed) response.end()
  }
  write()
}

const server = createServer((request, response) => {
  const path = request.url ?? ''
  response.on('close', () => {
    if (!response.writableFinished) cut.add(path)
  })
  response.setHeader('cache-control', 'max-age=600')
  if (path === '/bomb') {
    response.setHeader('content-encoding', 'gzip')
    const gzip = createGzip({ level: 1 })
    gzip.pipe(response)
    const zeros = Buffer.alloc(MIB)
    let sent = 0
    const write = (): void => {
      while (sent < 256) {
        sent += 1
        if (!gzip.write(zeros)) return void gzip.once('drain', write)
      }
      gzip.end()
    }
    write()
    return
  }
  const [, megabytes] = /(\d+)$/.exec(path) ?? []
  pour(path, response, megabytes === undefined ? Number.POSITIVE_INFINITY : Number(megabytes))
})
let base = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://localhost:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What a program said of itself. */
type Told = Readonly<Record<'mostMib' | 'entries', number> & Record<string, unknown>>

/** Runs a program with an instance on LMDB and a watch over the memory that it holds above its beginning. */
async function run(body: string): Promise<Told> {
  const text = `
    import { createCachette } from ${JSON.stringify(PACKAGE)}
    const base = ${JSON.stringify(base)}
    const cachette = await createCachette({ store: 'lmdb:./store', env: {} })
    const mib = () => { const { arrayBuffers, heapUsed } = process.memoryUsage(); return (arrayBuffers + heapUsed) / 1024 ** 2 }
    const atFirst = mib()
    let most = 0
    const watch = setInterval(() => { most = Math.max(most, mib() - atFirst) }, 5)
    const read = async (response, upTo = Infinity, wait = 0) => {
      let size = 0
      for await (const piece of response.body) {
        size += piece.byteLength
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        if (size >= upTo) break
      }
      return size
    }
    const tell = {}
    ${body}
    tell.entries = (await cachette.list()).entries.length
    clearInterval(watch)
    console.log(JSON.stringify({ ...tell, mostMib: most }))`
  const ended = await runProgram(text, { cwd: newFolder() })
  expect(ended.exit, ended.err).toBe(0)
  expect(ended.err).toBe('')
  return JSON.parse(ended.out) as Told
}

describe('in a process of its own', () => {
  it('a body of 1 GB passes in bounded memory, whole, and is not stored', async () => {
    const told = await run(`tell.size = await read(await cachette.fetch(base + '/large/1024'))`)
    expect(told).toMatchObject({ size: 1024 * MIB, entries: 0 })
    expect(told.mostMib).toBeLessThan(100)
  })

  it('256 MiB out of a few kilobytes of gzip pass in bounded memory, and are not stored', async () => {
    const told = await run(`tell.size = await read(await cachette.fetch(base + '/bomb'))`)
    expect(told).toMatchObject({ size: 256 * MIB, entries: 0 })
    expect(told.mostMib).toBeLessThan(100)
  })

  it('a body that never ends is ended by its reader, and the process ends by itself', async () => {
    const told = await run(`tell.size = await read(await cachette.fetch(base + '/endless'), 50 * 1024 ** 2)`)
    expect(told.entries).toBe(0)
    expect(told.mostMib).toBeLessThan(100)
    await until(() => cut.has('/endless'), 'the end of the connection')
    expect(written.get('/endless')).toBeLessThan(80 * MIB)
  })

  it('a body that nobody reads is read ahead a little, and the process ends by itself', async () => {
    const told = await run(`
      const unread = await cachette.fetch(base + '/unread/512')
      await new Promise((resolve) => setTimeout(resolve, 300))
      tell.status = unread.status`)
    expect(told).toMatchObject({ status: 200, entries: 0 })
    expect(told.mostMib).toBeLessThan(50)
    expect(written.get('/unread/512')).toBeLessThan(32 * MIB)
    await until(() => cut.has('/unread/512'), 'the end of the connection')
  })

  it('of two readers the slow one holds up neither the quick one nor memory', async () => {
    const told = await run(`
      const [quick, slow] = await Promise.all([cachette.fetch(base + '/two/12'), cachette.fetch(base + '/two/12')])
      const slowly = read(slow, Infinity, 1)
      tell.quick = await read(quick)
      tell.slow = await slowly
      tell.outcomes = quick.cachette.outcome + ' ' + slow.cachette.outcome`)
    expect(told).toMatchObject({ quick: 12 * MIB, slow: 12 * MIB, entries: 1, outcomes: 'miss coalesced' })
    expect(told.mostMib).toBeLessThan(60)
  })

  it('six large bodies that are stored and read again are never held', async () => {
    const told = await run(`
      tell.size = 0
      for (let number = 0; number < 6; number += 1) {
        tell.size += await read(await cachette.fetch(base + '/stored/' + number + '/12'))
        tell.size += await read(await cachette.fetch(base + '/stored/' + number + '/12'))
      }`)
    expect(told).toMatchObject({ size: 144 * MIB, entries: 6 })
    expect(told.mostMib).toBeLessThan(100)
  })
})
