// Traces that were recorded: files `<name>.txt.gz` with a key a line, and its size in bytes where it is known.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const SUFFIX = '.txt.gz'

/**
 * The traces in a folder, or in a folder `traces` below one beside the checkout: `{ name, group, keys, sizes }`. None where
 * there are none; a folder that was named must have some.
 */
export function recordedTraces(folder) {
  const files = filesIn(folder ?? folderBeside())
  if (folder !== undefined && files.length === 0) throw new Error(`${folder} has no traces (*${SUFFIX}).`)
  return files.map(readTrace)
}

function folderBeside() {
  const around = fileURLToPath(new URL('../../../', import.meta.url))
  return readdirSync(around, { withFileTypes: true })
    .filter((item) => item.isDirectory())
    .map((item) => join(around, item.name, 'traces'))
    .find((path) => filesIn(path).length > 0)
}

function filesIn(folder) {
  if (folder === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => join(folder, name))
}

function readTrace(file) {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n')
  const fields = lines.map((line) => line.split(' '))
  const keys = fields.map(([key]) => Number(key))
  const hasSizes = fields.every(([, size]) => Number(size) >= 0)
  const trace = { name: basename(file, SUFFIX), group: 'recorded', keys }
  return hasSizes ? { ...trace, sizes: fields.map(([, size]) => Math.max(1, Number(size))) } : trace
}
