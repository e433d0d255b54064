// Starts other processes that use the built package, as applications do.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const SCRIPT = fileURLToPath(new URL('cache-peer.mjs', import.meta.url))
const COMPILED = new URL('../../dist/index.js', import.meta.url)

/** The built package, for scripts that import it. */
export const PACKAGE = COMPILED.href

/** A process that is told what to do, one thing at a time. */
export interface CachePeer {
  ask<Answer>(action: string, request?: object): Promise<Answer>
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string>
}

/** How a process is started. */
export interface PeerSpawn {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A command to put before node's, such as `['prlimit', '--fsize=…']`. */
  readonly wrap?: readonly string[]
}

/** Starts a process on the given options of `createCachette`, or on the default instance, and waits till it is ready. */
export async function startCachePeer(options: object | undefined, start: PeerSpawn = {}): Promise<CachePeer> {
  const child = spawnNode([SCRIPT, ...(options === undefined ? [] : [JSON.stringify(options)])], start)
  const waiting: ((line: string) => void)[] = []
  const lines: string[] = []
  let trouble = ''
  child.stderr?.on('data', (chunk: Buffer) => (trouble += chunk.toString()))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const next = waiting.shift()
    if (next === undefined) lines.push(line)
    else next(line)
  })
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      for (const next of waiting)
        next(JSON.stringify({ error: `the process ended: ${code ?? signal}\n${trouble}` }))
      resolve(signal ?? code ?? 'unknown')
    })
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  async function nextAnswer<Answer>(): Promise<Answer> {
    const line = lines.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)))
    const value = JSON.parse(line) as { error?: string } & Answer
    if (typeof value === 'object' && value !== null && value.error !== undefined) throw new Error(value.error)
    return value
  }
  await nextAnswer()
  return {
    ask(action, request = {}) {
      child.stdin?.write(`${JSON.stringify({ action, ...request })}\n`)
      return nextAnswer()
    },
    ended,
  }
}

/** What a program printed and how it ended. */
export interface ProgramRun {
  readonly out: string
  readonly err: string
  readonly exit: number | string
  readonly tookMs: number
}

/** Runs a module of the given text in a process of its own, to its end. */
export function runProgram(text: string, start: PeerSpawn = {}): Promise<ProgramRun> {
  const startMs = performance.now()
  const child = spawnNode(['--input-type=module', '--eval', text], start)
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ out, err, exit: signal ?? code ?? 'unknown', tookMs: performance.now() - startMs })
    })
  })
}

function spawnNode(args: readonly string[], { env = {}, cwd, wrap = [] }: PeerSpawn): ChildProcess {
  if (!existsSync(COMPILED)) throw new Error('build first: node scripts/build.mjs')
  const [command = '', ...rest] = [...wrap, process.execPath, ...args]
  const { PATH = '', HOME = '' } = process.env
  return spawn(command, rest, {
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
}
