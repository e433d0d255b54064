import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DRILLS } from './drill-list.js'

const SCRIPT = fileURLToPath(new URL('run.mjs', import.meta.url))

function run(...args: string[]): {
  readonly status: number | null
  readonly out: string
  readonly err: string
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

describe('the command that plays drills', () => {
  it('lists every drill by name', () => {
    const { status, out } = run('--list')
    expect(status).toBe(0)
    expect(out.match(/^\S+/gm)).toEqual(DRILLS.map(({ name }) => name))
  })

  it.each([
    [['floods'], 'There is no drill named "floods". There are: '],
    [['--minutes', 'many'], '--minutes is "many"; expected a number above 0, at most 1440.'],
    [['--loud'], "Unknown option '--loud'"],
  ])('refuses %j with a sentence', (args, sentence) => {
    const { status, err } = run(...args)
    expect(status).toBe(2)
    expect(err).toContain(sentence)
    expect(err).toContain('npm run drills [-- NAMES] [options]')
  })
})
