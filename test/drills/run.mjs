// `npm run drills [-- NAMES] [options]`: plays what can go wrong with real processes, prints what callers saw, and writes it
// into docs/reliability.md.
import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'

register()
const { DRILLS } = await import('./drill-list.ts')

const HELP = `npm run drills [-- NAMES] [options]

Plays what can go wrong, with real processes and servers, and says what callers saw. All drills when none is named.

  --short      the form that runs with the tests: seconds instead of minutes, and docs/reliability.md stays as it is
  --write      write docs/reliability.md after a short form too
  --minutes N  how long the soak takes in the long form; 5 when it is left out
  --list       the names
  --help

Exits with 0 if everything held, 1 if not, 2 for a wrong command line.`

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values, positionals } = readCommandLine()
if (values.help) console.log(HELP)
else if (values.list) console.log(DRILLS.map(({ name, title }) => `${name.padEnd(14)} ${title}`).join('\n'))
else process.exitCode = (await main()) ? 0 : 1

function readCommandLine() {
  const flag = { type: 'boolean', default: false }
  const options = { short: flag, write: flag, list: flag, help: flag, minutes: { type: 'string' } }
  try {
    const given = parseArgs({ allowPositionals: true, options })
    const unknown = given.positionals.find((name) => !DRILLS.some((drill) => drill.name === name))
    if (unknown !== undefined) {
      throw new Error(
        `There is no drill named "${unknown}". There are: ${DRILLS.map(({ name }) => name).join(', ')}.`,
      )
    }
    const { minutes } = given.values
    if (minutes !== undefined && !(Number(minutes) > 0 && Number(minutes) <= 24 * 60)) {
      throw new Error(`--minutes is "${minutes}"; expected a number above 0, at most 1440.`)
    }
    return given
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`)
    process.exit(2)
  }
}

async function main() {
  if (!existsSync(`${root}dist/index.js`)) {
    console.log('The package is not built yet: running scripts/build.mjs.')
    const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
    if (status !== 0) process.exit(1)
  }
  const { playDrill } = await import('./stage/stage.ts')
  const { failuresOf } = await import('./stage/drill.ts')
  const { writePage } = await import('./reliability-page.ts')
  const form = values.short ? 'short' : 'long'
  const chosen = DRILLS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const failures = []
  let letGo = async () => undefined
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void letGo().finally(() => process.exit(130)))
  }
  for (const drill of chosen) {
    console.log(`${drill.name}: ${drill.title}`)
    const minutes = Number(values.minutes ?? 5)
    const report = await playDrill(drill, {
      form,
      minutes,
      say: (line) => console.log(line),
      hold: (undo) => (letGo = undo),
    })
    failures.push(...failuresOf(report))
    // After each one, so that a run that is broken off has not been for nothing.
    if (form === 'long' || values.write) await writePage([report])
  }
  if (failures.length > 0) console.error(`\nDid not hold:\n${failures.map((each) => `- ${each}`).join('\n')}`)
  else console.log('\nEverything held.')
  return failures.length === 0
}
