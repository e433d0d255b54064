// `node --import cachette/register` in more than one thread or process, and over many calls.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../helpers/cache-world.js'
import { startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { ASK, PRELUDE, REGISTER, programsOn } from './register-world.js'

const origin = await startLoopbackOrigin()
afterAll(() => origin.stop())
const { run, script } = programsOn(origin)
let folder: string
beforeEach(() => {
  folder = newFolder()
})

describe('more than one thread or process', () => {
  it('is cached in workers', async () => {
    script('/worker')
    const program = `import { Worker } from 'node:worker_threads'
      const code = \`import { get } from 'node:http'; const outcome = \${outcome}; \${${JSON.stringify(ASK)}}
        import { parentPort } from 'node:worker_threads'
        parentPort.postMessage([(await ask(\${JSON.stringify(url + '/worker')})).outcome, (await ask(\${JSON.stringify(url + '/worker')})).outcome])\`
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)))
      worker.on('message', say)`
    const environment = { CACHETTE_STORE: `lmdb:${folder}` }
    expect(await run(program, { environment })).toEqual({ code: 0, errors: '', said: [['miss', 'hit']] })
  })

  it('is cached in children and in a cluster, on one store', async () => {
    script('/child')
    const file = join(folder, 'app.mjs')
    await writeFile(
      file,
      `${PRELUDE}import cluster from 'node:cluster'
      import { get } from 'node:http'
      ${ASK}
      if (cluster.isPrimary) {
        say((await ask(url + '/child')).outcome)
        cluster.fork().on('message', say)
      } else {
        process.send((await ask(url + '/child')).outcome)
        process.disconnect()
      }`,
    )
    const program = `import { spawnSync } from 'node:child_process'
      process.stdout.write(spawnSync(process.execPath, [${JSON.stringify(file)}]).stdout)`
    const environment = { CACHETTE_STORE: `lmdb:${folder}/store`, NODE_OPTIONS: `--import=${REGISTER}` }
    expect(await run(program, { flags: [], environment })).toEqual({
      code: 0,
      errors: '',
      said: ['miss', 'hit'],
    })
  })
})

describe('many calls', () => {
  it('leave nothing behind', async () => {
    script('/many', { body: 'x'.repeat(10_000) })
    origin.on('/unstored', { body: 'x'.repeat(10_000), headers: { 'cache-control': 'no-store' } })
    const program = `import { Agent, get } from 'node:http'
      ${ASK}
      const agent = new Agent({ keepAlive: true })
      const megabytes = () => { gc(); return process.memoryUsage().heapUsed / 1e6 }
      for (let index = 0; index < 300; index += 1) { await ask(url + '/many', { agent }); await ask(url + '/unstored', { agent }) }
      const before = megabytes()
      for (let index = 0; index < 1000; index += 1) { await ask(url + '/many', { agent }); await ask(url + '/unstored', { agent }) }
      const bodies = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(url + '/many?' + index, { agent })))
      say(bodies.every(({ body }) => body.length === 10_000))
      say(Math.round(megabytes() - before) < 12)
      agent.destroy()
      await new Promise((resolve) => setTimeout(resolve, 50))
      say(process.getActiveResourcesInfo().filter((name) => /TCPSocket|Timeout/.test(name)))`
    const { said, errors, code } = await run(program, { flags: ['--expose-gc', '--import', REGISTER] })
    expect([code, errors]).toEqual([0, ''])
    expect(said).toEqual([true, true, []])
  })
})
