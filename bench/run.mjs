// `npm run bench [-- names] [options]`: sets itself up, runs the benches one after the other, prints and keeps their tables.
import { fork, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Every bench: its name is its file's. */
const BENCHES = [
  'hit-latency',
  'fetch-hit',
  'axios-hit',
  'register-uncached',
  'lmdb-hit',
  'redis-hit',
  'scale',
  'purge',
  'hit-rate',
  'stampede',
]

const HELP = `npm run bench -- [names] [options]

Names: ${BENCHES.join(', ')}; all of them when none is given.

  --rounds N      samples per contender, in all but stampede
  --sizes A,B     entry counts in scale, such as 1e3,1e4
  --traces DIR    a folder of traces for hit-rate
  --full          scale up to 1,000,000 entries
  --write         refresh the tables in bench/README.md
  --help`

const folder = fileURLToPath(new URL('.', import.meta.url))
const { values, positionals } = readCommandLine()
if (values.help) console.log(HELP)
else await main()

function readCommandLine() {
  const string = { type: 'string' }
  const flag = { type: 'boolean', default: false }
  try {
    return parseArgs({
      allowPositionals: true,
      options: { rounds: string, sizes: string, traces: string, full: flag, write: flag, help: flag },
    })
  } catch (error) {
    return refuse(error.message)
  }
}

async function main() {
  const unknown = positionals.find((name) => !BENCHES.includes(name))
  if (unknown !== undefined) refuse(`There is no bench named "${unknown}".`)
  setUp()
  const { keepResults, refreshReadme } = await import('./shared/results.mjs')
  const { formatTables } = await import('./shared/tables.mjs')

  const results = {}
  for (const name of positionals.length > 0 ? positionals : BENCHES) {
    const result = await runBench(name)
    if (result === undefined) process.exitCode = 1
    else {
      results[name] = result
      console.log(`${formatTables(result.tables)}\n`)
    }
  }
  if (Object.keys(results).length === 0) return
  console.log(`Figures: ${keepResults(results)}`)
  if (values.write) console.log(`Tables: ${refreshReadme(results)}`)
}

/** Installs the peers and builds the package where that has not been done. */
function setUp() {
  if (!existsSync(`${folder}node_modules`)) {
    console.log(
      'The peers are not installed yet: running "npm --prefix bench ci" (a minute or two; one is compiled).',
    )
    execute('npm', ['ci'], folder)
  }
  const root = fileURLToPath(new URL('..', import.meta.url))
  if (!existsSync(`${root}dist/index.js`)) {
    console.log('The package is not built yet: running scripts/build.mjs.')
    execute(process.execPath, ['scripts/build.mjs'], root)
  }
}

function execute(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status === 0) return
  console.error(`"${command} ${args.join(' ')}" failed${error === undefined ? '' : `: ${error.message}`}.`)
  process.exit(1)
}

/** Runs one bench in a process of its own, so that none finds the heap or the compiled code of another. */
async function runBench(name) {
  const args = ['rounds', 'sizes', 'traces'].flatMap((option) =>
    values[option] ? [`--${option}`, values[option]] : [],
  )
  const child = fork(`${folder}${name}.mjs`, values.full ? [...args, '--full'] : args)
  let result
  child.on('message', (message) => (result = message))
  const status = await new Promise((resolve) => child.on('exit', resolve))
  if (status === 0 && result !== undefined) return result
  console.error(`The bench "${name}" failed (exit code ${status}).`)
  return undefined
}

function refuse(sentence) {
  console.error(`${sentence}\n\n${HELP}`)
  process.exit(2)
}
