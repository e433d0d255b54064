// The whole command: a real origin on loopback, a real store, small numbers.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Metrics } from '../../model/metrics.js'
import { openLocalAdmin } from '../../admin/open-local-admin.js'
import { runCli } from '../run-cli.js'

const RECORDED = fileURLToPath(new URL('../../../../shared/recorded', import.meta.url))

interface Output {
  readonly requests: number
  readonly originCalls: number
  readonly afterStop: { readonly requests: number; readonly answered: number; readonly originCalls: number }
  readonly metrics: Metrics
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cachette-demo-test-'))
  vi.stubEnv('TMPDIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

async function run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const stream = (name: keyof typeof written) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString()
        done()
      },
    }) as unknown as NodeJS.WriteStream
  const exitCode = await runCli(['demo', ...args], {
    environment: {},
    stdout: stream('out'),
    stderr: stream('err'),
    openAdmin: openLocalAdmin,
  })
  return { exitCode, ...written }
}

describe('cachette demo', () => {
  it('keeps answering after its origin has stopped, agrees with the metrics, and leaves nothing behind', async () => {
    const { exitCode, out, err } = await run('--requests', '60', '--seed', '3', '--json')
    expect([exitCode, err]).toEqual([0, ''])
    const { requests, originCalls, afterStop, metrics } = JSON.parse(out) as Output
    expect(requests).toBe(60)
    expect(originCalls).toBeLessThan(60)
    expect(afterStop.answered).toBeGreaterThanOrEqual(afterStop.requests - 3)
    expect(afterStop.originCalls).toBe(0)
    expect(metrics.totalRequests).toBe(requests + afterStop.requests)
    expect(metrics.outcomes.rescued).toBeGreaterThan(0)
    expect(readdirSync(folder)).toEqual([])
  })

  it('prints text where it is read through a pipe', async () => {
    const { exitCode, out } = await run('--requests', '20')
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^service +asked +hit rate/m)
    expect(out).toMatch(/^hit rate +\d+\.\d %/m)
    expect(out).toContain('requests were answered without an origin')
  })

  it('refuses a folder that cannot be replayed, with exit code 2', async () => {
    const { exitCode, out, err } = await run('--responses', join(folder, 'none'))
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(`there is no folder '${join(folder, 'none')}'`)
    expect(readdirSync(folder)).toEqual([])
  })

  it.runIf(existsSync(RECORDED))('replays the recorded responses of the three APIs', async () => {
    const { exitCode, out } = await run('--responses', RECORDED, '--requests', '100', '--json')
    expect(exitCode).toBe(0)
    const { afterStop, metrics } = JSON.parse(out) as Output
    expect(afterStop.answered).toBeGreaterThanOrEqual(afterStop.requests - 2)
    expect(Object.keys(metrics.services).sort()).toEqual(['books', 'spotify', 'tmdb'])
  })
})
