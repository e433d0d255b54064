// Keeps what a run measured: a JSON file per run, and on request the tables in README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cachetteVersion, describeMachine } from './machine.mjs'
import { formatTables } from './tables.mjs'

const README = new URL('../README.md', import.meta.url)
const RESULTS = new URL('../results/', import.meta.url)

/** Writes `results/<date>.json` and returns its path. */
export function keepResults(results) {
  const now = new Date()
  mkdirSync(RESULTS, { recursive: true })
  const file = new URL(`${now.toISOString().slice(0, 19).replaceAll(':', '')}.json`, RESULTS)
  const run = { date: now.toISOString(), cachette: cachetteVersion(), machine: describeMachine(), results }
  writeFileSync(file, `${JSON.stringify(run, undefined, 2)}\n`)
  return fileURLToPath(file)
}

/** Puts each table between its two markers in README.md and returns that file's path. */
export function refreshReadme(results) {
  const { cpu, cores, node, system } = describeMachine()
  const date = new Date().toISOString().slice(0, 10)
  const origin = `Measured ${date} on ${cpu}, ${cores} cores, ${system}, Node ${node}.`
  let text = readFileSync(README, 'utf8')
  for (const [name, { tables }] of Object.entries(results)) {
    const begin = `<!-- begin ${name} -->`
    const end = `<!-- end ${name} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    if (from < 0 || to < from) throw new Error(`README.md has no place for ${name}: "${begin}" … "${end}".`)
    text = `${text.slice(0, from)}${begin}\n\n${formatTables(tables)}\n\n${origin}\n\n${text.slice(to)}`
  }
  writeFileSync(README, text)
  return fileURLToPath(README)
}
