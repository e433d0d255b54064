// Every example that README shows is run as a program of its own, against origins on loopback.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemoOrigin } from '../../src/demo/demo-origin.js'
import type { LocalOrigin } from '../../src/demo/local-origin.js'

const root = resolve(import.meta.dirname, '../..')

describe('the examples', () => {
  let folder: string
  let apis: LocalOrigin
  let plain: Server
  let plainUrl: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cachette-examples-'))
    apis = await createDemoOrigin({ faultRate: 0, latencyMs: { min: 0, max: 1 } })
    plain = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ title: 'a title', path: request.url }))
    }).listen(0, '127.0.0.1')
    await new Promise((done) => plain.once('listening', done))
    plainUrl = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`
  })

  afterAll(async () => {
    await apis.close()
    plain.close()
    await rm(folder, { recursive: true, force: true })
  })

  function run(
    example: string,
    ...args: string[]
  ): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(root, 'examples', example), ...args],
      { cwd: folder, env: { ...process.env, ...apis.environment } },
    )
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
  }

  it('library/call.ts calls once and hits the second time', async () => {
    const { code, out, err } = await run('library/call.ts', `${plainUrl}/data`)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toBe('a title\n200 hit fresh\n50.0 % of 2 requests\n')
  })

  it('library/instance.ts explains where the TTL came from', async () => {
    const { code, out, err } = await run('library/instance.ts', `${plainUrl}/v1`)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain(
      `GET ${plainUrl}/v1/movie/1 miss not-in-cache\nGET ${plainUrl}/v1/movie/1 hit fresh\n`,
    )
    expect(out).toContain("{ value: 86400000, from: 'rule /movie/:id (code)' }")
  })

  it.each(['tmdb', 'spotify', 'books'])('providers/%s.ts prints what the API has', async (name) => {
    const { code, out, err } = await run(`providers/${name}.ts`)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out.split('\n').length).toBeGreaterThan(1)
  })

  it('are all shown in README as they are', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const names = await readdir(join(root, 'examples'), { recursive: true })
    for (const name of names.filter((file) => file.endsWith('.ts'))) {
      const code = await readFile(join(root, 'examples', name), 'utf8')
      expect(readme, name).toContain(code.trimEnd())
    }
  })
})
