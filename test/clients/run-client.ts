// Runs one client's program as a process of its own, with the cache or without, and counts by round.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TlsOrigin, TlsOriginRequest } from '../helpers/tls-origin.js'

/** What `--import cachette/register` loads. */
const REGISTER = fileURLToPath(new URL('../../dist/doors/register/register.js', import.meta.url))

const TO_LOOPBACK = fileURLToPath(new URL('./to-loopback.mjs', import.meta.url))
const PROGRAMS = fileURLToPath(new URL('./programs', import.meta.url))
const TIME_LIMIT_MS = 50_000

/** What one call of a program came to: the value it gave, or the error it failed with. */
export interface CallOutcome {
  readonly value?: unknown
  readonly error?: Readonly<Record<string, unknown>>
}

/** One round of a program's calls. */
export interface Round {
  readonly outcomes: Readonly<Record<string, CallOutcome>>
  /** What the origin was asked for it. */
  readonly requests: readonly TlsOriginRequest[]
}

/** A program's whole run. */
export interface ClientRun {
  readonly rounds: readonly [Round, Round]
  /** Warnings, mostly. */
  readonly errorOutput: string
}

/** How a program is run. */
export interface RunOptions {
  /** File name below programs/. */
  readonly program: string
  /** Where the program finds TMDB, if it takes that from its environment. */
  readonly reaches: 'real-host' | 'loopback'
  /** How the program comes to a cache: preloaded, put into its client by the program itself, or not at all. */
  readonly cache: 'preloaded' | 'injected' | 'none'
  /** Settings of the preloaded cache, in the place of a store in memory and, where needed, `CACHETTE_HOSTS`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a program to its end.
 *
 * @throws Error with what the program printed, where it failed or did not end by itself.
 */
export async function runClient(origin: TlsOrigin, options: RunOptions): Promise<ClientRun> {
  const { program, cache } = options
  if (cache !== 'none' && !existsSync(REGISTER)) {
    throw new Error(`There is no ${REGISTER}: build the package first`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'cachette-client-'))
  const preloads = [TO_LOOPBACK, ...(cache === 'preloaded' ? [REGISTER] : [])]
  const child = spawn(
    process.execPath,
    [...preloads.flatMap((file) => ['--import', pathToFileURL(file).href]), join(PROGRAMS, program)],
    { cwd: folder, env: environmentFor(origin, options), timeout: TIME_LIMIT_MS },
  )
  let errorOutput = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errorOutput += text))
  // Who dies before the second round cannot be told to begin it; its exit code says so.
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close')

  const rounds: Round[] = []
  let countedTo = origin.requests.length
  for await (const line of createInterface({ input: child.stdout })) {
    const requests = origin.requests.slice(countedTo)
    countedTo = origin.requests.length
    rounds.push({ outcomes: JSON.parse(line) as Round['outcomes'], requests })
    if (rounds.length === 1) child.stdin.write('next\n')
  }
  const [exitCode, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  await rm(folder, { recursive: true, force: true })
  const [first, second, ...more] = rounds
  if (exitCode !== 0 || first === undefined || second === undefined || more.length > 0) {
    const end = signal === null ? `exit code ${exitCode ?? 'none'}` : `killed by ${signal}, still running`
    throw new Error(`${program}: ${end} after ${rounds.length} rounds\n${errorOutput}`)
  }
  return { rounds: [first, second], errorOutput }
}

/** Nothing of this process's own environment but the path: no credentials, no settings. */
function environmentFor(origin: TlsOrigin, options: RunOptions): NodeJS.ProcessEnv {
  const realUrl = 'https://api.themoviedb.org/3'
  const isReal = options.reaches === 'real-host'
  const preloaded = {
    CACHETTE_STORE: 'memory:',
    ...(isReal ? {} : { CACHETTE_HOSTS: origin.httpHost }),
    ...options.environment,
  }
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_EXTRA_CA_CERTS: origin.authorityFile,
    ORIGIN_HTTPS_PORT: String(origin.httpsPort),
    TMDB_URL: isReal ? realUrl : `${origin.httpUrl}/3`,
    SECURE_TMDB_URL: realUrl,
    ...(options.cache === 'preloaded' ? preloaded : {}),
    ...(options.cache === 'injected' ? { WITH_INSTANCE: 'true' } : {}),
  }
}
