// A million distinct URLs through a memory tier of 64 MB.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Drill } from '../stage/drill.js'

const SCRIPT = fileURLToPath(new URL('../memory-bound.mjs', import.meta.url))
const MOST_TIMES = 1.25

/** What the script prints. */
interface Figures {
  readonly boundMib: number
  readonly ownMib: number
  readonly mostHeldMib: number
  readonly lastHeldMib: number
  readonly timesTheBound: number
  readonly entries: number
  readonly lastOutcome: string
}

/** The drill. */
export const memoryDrill: Drill = {
  name: 'memory',
  title: 'A million distinct URLs through a memory tier of 64 MB',
  promise: 'Memory stays within 1.25 times the bound, beside what the runtime holds of its own.',
  async play(stage) {
    const keys = stage.pick(50_000, 1_000_000)
    await stage.scene(`${keys.toLocaleString('en-US')} distinct keys`, async (scene) => {
      scene.usedProcesses(1)
      const { boundMib, ownMib, timesTheBound, ...seen } = await figuresWith(keys)
      scene.did(
        `answers of 1.5 kB in the middle and 200 kB at most; memory is looked at 20 times, once all is collected`,
      )
      const held = `${seen.mostHeldMib} MiB at most and ${seen.lastHeldMib} MiB at last for ${boundMib} MiB, beside ${ownMib} MiB of its own`
      const isWithin = timesTheBound <= MOST_TIMES
      scene.check(
        `what is held is at most ${MOST_TIMES} times the bound`,
        isWithin,
        `${timesTheBound} times: ${held}`,
      )
      scene.check(
        'the tier is full, and goes on',
        seen.entries > 0 && seen.lastOutcome === 'hit',
        `${seen.entries} entries`,
      )
    })
  },
}

async function figuresWith(keys: number): Promise<Figures> {
  const args = ['--expose-gc', SCRIPT, '--keys', String(keys), '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, problem] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (!out.startsWith('{')) throw new Error(`the program ended without figures: ${problem}`)
  return JSON.parse(out) as Figures
}
