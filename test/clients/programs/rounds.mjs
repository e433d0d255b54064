// Makes the same calls twice, prints what came of each round as one line of JSON, and waits for a line in between.
import { createHash } from 'node:crypto'

/** Runs the calls one after the other, twice. Each gives what is to be compared, or fails. */
export async function twice(calls) {
  await printRound(calls)
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdin.destroy()
  await printRound(calls)
}

/** Every byte of a stream of Node's or of the web's. */
export async function bytesOf(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function printRound(calls) {
  const round = {}
  for (const [name, call] of Object.entries(calls)) {
    try {
      round[name] = { value: plain(await call()) }
    } catch (error) {
      round[name] = { error: plain(error) }
    }
  }
  process.stdout.write(`${JSON.stringify(round)}\n`)
}

const DEEPEST = 8

/** What JSON can say of a value; bytes by length and digest. */
function plain(value, depth = 0) {
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return '[deep]'
  if (value instanceof Uint8Array) return digestOf(value)
  if (value instanceof ArrayBuffer) return digestOf(new Uint8Array(value))
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (value instanceof Error) return { ...identityOf(value), ...fieldsOf(value, depth) }
  if (typeof value.headers?.entries === 'function' && typeof value.status === 'number') {
    const { status, statusText, ok, url, redirected, type } = value
    const response = { status, statusText, ok, url, redirected, type, headers: plain(value.headers, depth) }
    return { ...response, ...fieldsOf(value, depth) }
  }
  if (typeof value.toJSON === 'function') return plain(value.toJSON(), depth + 1)
  if (typeof value.entries === 'function') return Object.fromEntries(value.entries())
  const prototype = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return isPlain ? fieldsOf(value, depth) : '[object]'
}

/** The parts of an error that are not its own enumerable fields. */
function identityOf(error) {
  const { name, message, code, status, statusCode } = error
  const cause = error.cause === undefined ? undefined : plain(error.cause, DEEPEST - 3)
  return { class: error.constructor.name, name, message, code, status, statusCode, cause }
}

/** How long a call took, in the words of got, axios and gaxios: it differs each time. */
const TIMES = new Set(['timings', 'duration', 'timeOfFirstRequest'])

/** Own enumerable fields, without times. */
function fieldsOf(value, depth) {
  const entries = Object.entries(value).filter(([name]) => !TIMES.has(name))
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item, depth + 1)]))
}

function digestOf(bytes) {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
