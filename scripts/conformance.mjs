// `npm run conformance -- SUITE`: runs a checkout of the public HTTP cache tests (github.com/http-tests/cache-tests) in process,
// against the fetch door and the undici interceptor, as a shared and as a private cache. Fails unless all required tests pass.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const DOORS = ['fetch', 'undici']
const MODES = ['shared', 'private']
const KINDS = ['required', 'optimal', 'check']
/** Their client brings a bare dispatcher of its own for interim responses, which goes round any cache in this process. */
const SKIPPED_GROUP = 'interim'
/** Tests under way at once. Most of a test is waiting, three seconds at a time. */
const AT_ONCE = 120

const HELP = `node scripts/conformance.mjs SUITE [--door ${DOORS.join('|')}] [--mode ${MODES.join('|')}] [--id TEST]

SUITE is a folder with a checkout of github.com/http-tests/cache-tests; it needs no installation.

  --door   one door; both when it is left out
  --mode   what kind of cache: shared by many users, or private; both when it is left out
  --id     one test, with its requests and responses on stderr
  --help

Exits with 0 if all required tests pass, 1 if not, 2 for a wrong command line.`

const { suite, door, mode, id } = readCommandLine()
const isOneRun = door !== undefined && mode !== undefined
process.exitCode = (isOneRun ? await runOne() : await runAll()) ? 0 : 1
// Idle connections of the clients are not worth waiting for.
process.exit()

function readCommandLine() {
  const string = { type: 'string' }
  const options = { door: string, mode: string, id: string, help: { type: 'boolean' } }
  let given
  try {
    given = parseArgs({ allowPositionals: true, options })
  } catch (error) {
    refuse(error.message)
  }
  const { values, positionals } = given
  if (values.help) {
    process.stdout.write(`${HELP}\n`)
    process.exit(0)
  }
  if (positionals.length !== 1) refuse('It takes one folder: a checkout of the tests.')
  const folder = resolve(positionals[0])
  if (!existsSync(join(folder, 'test-engine'))) refuse(`${folder} is no checkout of http-tests/cache-tests.`)
  for (const [name, known] of [
    ['door', DOORS],
    ['mode', MODES],
  ]) {
    const value = values[name]
    if (value !== undefined && !known.includes(value))
      refuse(`--${name} is "${value}"; expected ${known.join(' or ')}.`)
  }
  if (!existsSync(new URL('../dist/index.js', import.meta.url)))
    refuse('The package is not built: npm run build.')
  return { ...values, suite: folder }
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n\n${HELP}\n`)
  process.exit(2)
}

/** Each run in a process of its own: the suite keeps its results in module state. */
async function runAll() {
  let isPassed = true
  for (const eachDoor of door === undefined ? DOORS : [door]) {
    for (const eachMode of mode === undefined ? MODES : [mode]) {
      const oneTest = id === undefined ? [] : ['--id', id]
      const args = [suite, '--door', eachDoor, '--mode', eachMode, ...oneTest]
      const [status] = await once(fork(fileURLToPath(import.meta.url), args), 'exit')
      if (status === 2) process.exit(2)
      isPassed &&= status === 0
    }
  }
  return isPassed
}

async function runOne() {
  // The suite logs its requests and responses: to be read for one test, and not on stdout, which is the report's.
  console.log = id === undefined ? () => {} : console.error
  const groups = await chooseTests()
  const origin = await startOrigin()
  const ask = await openDoor()
  const network = globalThis.fetch
  // The suite calls the global fetch, also to tell its origin what to answer.
  globalThis.fetch = (url, init) =>
    String(url).startsWith(`${origin}/test/`) ? ask(url, testInit(init)) : network(url, init)

  const { runTests, getResults } = await load('test-engine/client/runner.mjs')
  const watching = showProgress(getResults)
  await runTests(groups, mode === 'private', origin, AT_ONCE)
  clearInterval(watching)
  progress('')
  return report(groups, getResults())
}

async function load(path) {
  return import(pathToFileURL(join(suite, path)).href)
}

async function chooseTests() {
  const { default: groups } = await load('tests/index.mjs')
  const run = groups.filter((group) => group.id !== SKIPPED_GROUP)
  if (id === undefined) return run
  const found = run.map((group) => ({ ...group, tests: group.tests.filter((test) => test.id === id) }))
  const test = found.flatMap(({ tests }) => tests)[0]
  if (test === undefined) refuse(`There is no test "${id}" among those that run in process.`)
  test.dump = true
  return found
}

/** The suite's own handlers on a loopback address and a free port; its server would listen on every interface. */
async function startOrigin() {
  const names = ['config', 'state', 'test']
  const modules = await Promise.all(names.map((name) => load(`test-engine/server/handle-${name}.mjs`)))
  const handlers = new Map(names.map((name, index) => [name, modules[index].default]))
  const server = createServer((request, response) => {
    const [, name, ...rest] = request.url.split('?')[0].split('/')
    const handle = handlers.get(name)
    if (handle === undefined) response.writeHead(404).end()
    else handle(rest, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

async function openDoor() {
  const { createCachette } = await import(new URL('../dist/index.js', import.meta.url))
  const cachette = await createCachette({
    store: 'memory:',
    env: {},
    defaults: { http: { cacheType: mode } },
  })
  if (door === 'fetch') return cachette.fetch
  const { cacheInterceptor } = await import(new URL('../dist/doors/undici/index.js', import.meta.url))
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent().compose(cacheInterceptor(cachette))
  return (url, init) => fetch(url, { ...init, dispatcher })
}

/** Outside browsers the suite's client sets a cache mode on every call, so that its own fetch keeps nothing: no part of a test. */
function testInit({ cache, ...init }) {
  return mode === 'private' && cache !== undefined ? { ...init, cache } : init
}

/** Prints the figures and what failed; true if every required test passed. */
async function report(groups, results) {
  const { determineTestResult, resultTypes } = await load('test-engine/lib/results.mjs')
  const good = [resultTypes.pass, resultTypes.yes]
  const judged = groups
    .flatMap(({ tests }) => tests)
    .filter((test) => test.id in results)
    .map((test) => ({
      id: test.id,
      kind: test.kind ?? 'required',
      isPassed: good.includes(determineTestResult(groups, test.id, results, id === undefined)),
      why: results[test.id],
    }))
  if (judged.length === 0) {
    process.stdout.write(`${door}, ${mode}: no part of these tests\n`)
    return true
  }
  const figures = KINDS.map((kind) => {
    const all = judged.filter((test) => test.kind === kind)
    return `${kind} ${all.filter(({ isPassed }) => isPassed).length}/${all.length}`
  })
  process.stdout.write(`${door}, ${mode}: ${figures.join(', ')}\n`)
  // A check that says no is a fact about a cache, not a failure.
  const failures = judged.filter(({ kind, isPassed }) => !isPassed && (kind !== 'check' || id !== undefined))
  for (const { id: name, kind, why } of failures) {
    const reason = why === true ? 'it passes, but not a test that it depends on' : why.join(': ')
    process.stdout.write(`  ${kind} ${name}: ${reason}\n`)
  }
  return !failures.some(({ kind }) => kind === 'required')
}

function showProgress(getResults) {
  const show = () => progress(`${door}, ${mode}: ${Object.keys(getResults()).length} tests done`)
  return setInterval(show, 500)
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
