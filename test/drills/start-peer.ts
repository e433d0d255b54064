// Starts another process on a store for tests; it runs compiled code, as processes in production do.
import { spawn, type SpawnOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('drill-peer.mjs', import.meta.url))
const COMPILED = fileURLToPath(new URL('../../dist/stores/lmdb/lmdb-store.js', import.meta.url))

/** What a peer answers. */
export type PeerAnswer = Readonly<Record<string, unknown>>

/** A process that is told what to do, one thing at a time. */
export interface DrillPeer {
  ask(action: string, request?: Readonly<Record<string, unknown>>): Promise<PeerAnswer>
  /** The next line it writes unasked. */
  nextAnswer(): Promise<PeerAnswer>
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>
  kill(): void
}

/** Starts a peer on a folder; `wrap` may put another command before node's. */
export function startPeer(
  folder: string,
  options: { readonly wrap?: readonly string[]; readonly spawn?: SpawnOptions } = {},
): DrillPeer {
  if (!existsSync(COMPILED)) throw new Error('Build first: node scripts/build.mjs')
  const [command = '', ...args] = [...(options.wrap ?? []), process.execPath, SCRIPT, folder]
  const child = spawn(command, args, { ...options.spawn, stdio: ['pipe', 'pipe', 'ignore'] })
  const lines: string[] = []
  const waiting: ((answer: PeerAnswer) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift()
    if (next === undefined) lines.push(line)
    else next(JSON.parse(line) as PeerAnswer)
  })
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      for (const next of waiting) next({ error: `the peer ended: ${signal ?? code ?? '?'}` })
      resolve(signal ?? code ?? '?')
    })
  })
  function nextAnswer(): Promise<PeerAnswer> {
    const line = lines.shift()
    if (line !== undefined) return Promise.resolve(JSON.parse(line) as PeerAnswer)
    return new Promise((resolve) => waiting.push(resolve))
  }
  return {
    ask(action, request = {}) {
      child.stdin.write(`${JSON.stringify({ action, ...request })}\n`)
      return nextAnswer()
    },
    nextAnswer,
    ended,
    kill: () => child.kill('SIGKILL'),
  }
}
