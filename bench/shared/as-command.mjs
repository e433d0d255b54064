// Lets a bench file run alone (it prints its tables) or under run.mjs (it sends its result to the parent).
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatTables } from './tables.mjs'

/** The options that every bench knows; one that does not concern it changes nothing. */
export const OPTIONS = {
  rounds: { type: 'string' },
  sizes: { type: 'string' },
  full: { type: 'boolean', default: false },
  traces: { type: 'string' },
}

/** Runs the bench if its file is what was started. */
export async function asCommand(fileUrl, bench) {
  if (process.argv[1] !== fileURLToPath(fileUrl)) return
  const { values } = parseArgs({ options: OPTIONS })
  const result = await bench(readOptions(values))
  if (process.send === undefined) console.log(formatTables(result.tables))
  else await new Promise((resolve) => process.send(result, resolve))
  // Peers leave sockets and timers behind; none of them is worth waiting for.
  process.exit(0)
}

function readOptions({ rounds, sizes, full, traces }) {
  return {
    rounds: rounds === undefined ? undefined : positive('--rounds', rounds),
    sizes: sizes?.split(',').map((size) => positive('--sizes', size)),
    isFull: full,
    traces,
  }
}

function positive(option, text) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  console.error(`${option}: "${text}" is not a whole number above 0 (for instance 1000 or 1e3).`)
  process.exit(2)
}

/** Shows on a terminal what is under way; silent elsewhere. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
