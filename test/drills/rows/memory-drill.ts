// A million distinct URLs through a memory tier of 64 MB.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Drill } from '../stage/drill.js'

const SCRIPT = fileURLToPath(new URL('../memory-bound.mjs', import.meta.url))

/** The drill. */
export const memoryDrill: Drill = {
  name: 'memory',
  title: 'A million distinct URLs through a memory tier of 64 MB',
  promise: 'Memory stays within 1.25 times the bound, beside what the runtime holds of its own.',
  async play(stage) {
    const keys = stage.pick(100_000, 1_000_000)
    await stage.scene(`${keys.toLocaleString('en-US')} distinct keys`, async (scene) => {
      if (!existsSync(SCRIPT)) scene.cannotPlay('test/drills/memory-bound.mjs is not there')
      const args = ['--expose-gc', SCRIPT, '--keys', String(keys), '--json']
      const { stdout } = await promisify(execFile)(process.execPath, args)
      scene.usedProcesses(1)
      scene.did(stdout.trim())
    })
  },
}
