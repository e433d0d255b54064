import { describe, expect, it } from 'vitest'
import { PACKAGE, runProgram } from '../helpers/cache-peer.js'
import { newFolder, openOrigin } from '../helpers/cache-world.js'
import { providerEnvironment, serveTokens } from '../helpers/provider-origin.js'

const program = (body: string): string =>
  `import { CachedExternalAPIService, SpotifyService, createCachette } from ${JSON.stringify(PACKAGE)}
   const base = process.env.BASE
   ${body}
   console.log('done at', performance.now())`

/** How long a program stayed after its last line. */
const lingerMs = (out: string, tookMs: number): number => tookMs - Number(/done at (\S+)/.exec(out)?.[1])

describe('a process ends by itself when its work is done', () => {
  it.each([
    ['memory, not closed', `const c = await createCachette(); await c.service('x').getExternal(base + '/a')`],
    [
      'LMDB, not closed',
      `const c = await createCachette({ store: 'lmdb:./store' }); await c.service('x').getExternal(base + '/a')`,
    ],
    [
      'LMDB, closed',
      `const c = await createCachette({ store: 'lmdb:./store' }); await c.service('x').getExternal(base + '/a'); await c.close()`,
    ],
    ['the default instance', `await new CachedExternalAPIService('x').getExternal(base + '/a')`],
    ['a service object that was never asked', `new CachedExternalAPIService('x')`],
    [
      'fifty callers',
      `const c = await createCachette(); await Promise.all(Array.from({ length: 50 }, (_, n) => c.service('x').getExternal(base + '/' + n)))`,
    ],
    [
      'a listener',
      `const c = await createCachette(); c.on('request', () => {}); await c.service('x').getExternal(base + '/a')`,
    ],
    ['Spotify with its token', `await new SpotifyService().track('a')`],
    [
      'a caller who left a call that hangs',
      `const c = await createCachette({ defaults: { timeout: '300ms' } })
       await c.service('x').getExternal(base + '/hangs', { signal: AbortSignal.timeout(50) }).catch(() => {})`,
    ],
  ])('%s', async (_, body) => {
    const origin = await openOrigin()
    serveTokens(origin)
    origin.on('/hangs', { ending: 'hang' })
    const cwd = newFolder()
    const env = { ...providerEnvironment(origin), BASE: origin.url }
    const run = await runProgram(program(body), { cwd, env })
    expect(run.exit, run.err).toBe(0)
    expect(run.err).toBe('')
    expect(lingerMs(run.out, run.tookMs)).toBeLessThan(3_000)
  })

  it('and prints no warning of its own in a common run', async () => {
    const origin = await openOrigin()
    const body = `const c = await createCachette({ store: 'lmdb:./store' })
      const signal = new AbortController().signal
      await Promise.all(Array.from({ length: 50 }, (_, n) => c.service('x').getExternal(base + '/' + n, { signal })))
      await c.close()`
    const run = await runProgram(program(body), { cwd: newFolder(), env: { BASE: origin.url } })
    expect(run.exit, run.err).toBe(0)
    expect(run.err).toBe('')
  })
})
