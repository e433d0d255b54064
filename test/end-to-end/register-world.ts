// Programs that know nothing of the cache, run as processes of their own under `node --import cachette/register`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { LoopbackOrigin } from '../helpers/loopback-origin.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TIME_LIMIT_MS = 20_000

/** The hook, as `--import` takes it. */
export const REGISTER = pathToFileURL(join(ROOT, 'dist/doors/register/register.js')).href
/** The package's main module. */
export const INDEX = pathToFileURL(join(ROOT, 'dist/index.js')).href

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly errors: string
  /** What the program gave to `say`. */
  readonly said: unknown[]
}

/** How a program is run. */
export interface RunOptions {
  readonly type?: 'module' | 'commonjs'
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly flags?: readonly string[]
  readonly cwd?: string
}

/** What programs may use without a word. */
export const PRELUDE = `const say = (value) => process.stdout.write(JSON.stringify(value ?? null) + '\\n')
const outcome = (headers) => {
  const status = typeof headers.get === 'function' ? headers.get('cache-status') : headers['cache-status']
  return status == null ? 'untouched' : /; hit/.test(status) ? 'hit' : 'miss'
}
const url = process.env.ORIGIN
`

/** Asks with `get` and resolves with what came. */
export const ASK = `const ask = (target, options = {}) => new Promise((resolve, reject) => {
  get(target, options, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text) => (body += text))
    response.on('end', () => resolve({ body, outcome: outcome(response.headers) })).on('error', reject)
  }).on('error', reject)
})
`

/** What programs are run with, and what their origin answers. */
export interface Programs {
  /** Runs a program, which finds the origin in `url`. */
  run(program: string, options?: RunOptions): Promise<Ended>
  /** Has a path answered with something that is cached for a minute. */
  script(path: string, reply?: Parameters<LoopbackOrigin['on']>[1]): void
}

/** Programs that call an origin. */
export function programsOn(origin: LoopbackOrigin): Programs {
  return {
    async run(program, options = {}) {
      const { type = 'module', environment, flags = ['--import', REGISTER], cwd = ROOT } = options
      const child = spawn(process.execPath, [...flags, `--input-type=${type}`, '-e', PRELUDE + program], {
        cwd,
        timeout: TIME_LIMIT_MS,
        env: {
          PATH: process.env['PATH'],
          ORIGIN: origin.url,
          CACHETTE_STORE: 'memory:',
          CACHETTE_HOSTS: origin.host,
          ...environment,
        },
      })
      let errors = ''
      let output = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
      const [code] = (await once(child, 'close')) as [number | null]
      const lines = output.split('\n').filter((line) => line !== '')
      return { code, errors, said: lines.map((line): unknown => JSON.parse(line)) }
    },
    script(path, reply = {}) {
      const headers = { 'cache-control': 'max-age=60' }
      origin.on(
        path,
        typeof reply === 'function'
          ? reply
          : { body: 'answer', ...reply, headers: { ...headers, ...reply.headers } },
      )
    },
  }
}
