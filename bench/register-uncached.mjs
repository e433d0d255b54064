// What `--import cachette/register` costs a call that it cannot answer: programs that call an origin which takes 10 ms and forbids
// caching, with the hook and without it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { REGISTER } from './peers/cachette-register.mjs'
import { createFolder } from './peers/cachette.mjs'
import { asCommand, progress } from './shared/as-command.mjs'
import { createBody } from './shared/body.mjs'
import { cachetteVersion, versionOf } from './shared/machine.mjs'
import { median } from './shared/measure.mjs'
import { reply } from './shared/reply.mjs'
import { startOrigin } from './shared/origin.mjs'
import { formatRatio } from './shared/tables.mjs'

const ORIGIN_MS = 10
const PATH = '/3/search/movie?language=en-GB&page=1&query=inception'
const ROUNDS = 11
const CALLS = 20
/** To an origin that answers at once, so that the code is compiled as it is in a program that has run for a while. */
const WARM_UP_CALLS = 1500
/** The most that a call may take with the hook, in calls without it. */
const TARGET_RATIO = 1.1

/** The programs: the same file each time, under the same loop. */
const PROGRAMS = [
  { name: 'without', execArgv: [], environment: {} },
  { name: '`memory:`', execArgv: ['--import', REGISTER], environment: { CACHETTE_STORE: 'memory:' } },
  { name: 'LMDB', execArgv: ['--import', REGISTER], environment: {} },
]
const CALLS_OF = [
  { name: '`http.get`', client: 'http', path: PATH },
  { name: '`fetch`', client: 'fetch', path: PATH },
  { name: `undici ${versionOf('undici')}, \`request\``, client: 'undici', path: PATH },
  { name: '`fetch`, POST', client: 'fetch-post', path: PATH },
  { name: '`http.request`, POST', client: 'http-post', path: PATH },
  { name: '`http.get`, a host that is left alone', client: 'http', path: PATH, isLeftAlone: true },
  { name: '`fetch`, a host that is left alone', client: 'fetch', path: PATH, isLeftAlone: true },
]

/** Runs the bench and returns its table and figures. */
export async function registerUncached({ rounds = ROUNDS }) {
  const body = createBody()
  const answer = { body, headers: { 'cache-control': 'no-store' } }
  const origins = { named: await startOrigin(() => answer), leftAlone: await startOrigin(() => answer) }
  const folder = createFolder()
  const programs = PROGRAMS.map((program) => ({ ...program, child: start(program, origins.named, folder) }))
  try {
    const figures = {}
    for (const call of CALLS_OF) figures[call.name] = await measureCall(call, programs, { origins, rounds })
    progress('')
    return { tables: [tableOf(figures)], figures }
  } finally {
    for (const { child } of programs) if (child.exitCode === null && child.kill()) await once(child, 'exit')
    for (const origin of Object.values(origins)) await origin.stop()
    folder.remove()
  }
}

/** The named origin is on loopback and would be left alone unless it is named. Nothing else of this environment takes part. */
function start({ execArgv, environment }, origin, folder) {
  const { PATH: path } = process.env
  return fork(fileURLToPath(new URL('shared/calling-program.mjs', import.meta.url)), {
    cwd: folder.path,
    execArgv,
    env: { PATH: path, CACHETTE_HOSTS: new URL(origin.url).host, ...environment },
  })
}

/** The programs take turns, each round beginning with another one; one calls while the others are idle. */
async function measureCall({ name, client, path, isLeftAlone }, programs, { origins, rounds }) {
  const origin = isLeftAlone ? origins.leftAlone : origins.named
  const url = origin.url + path
  const samples = new Map(programs.map((program) => [program, []]))
  const { answer } = origin
  for (const { child } of programs) await ask(child, { client, url, calls: WARM_UP_CALLS })
  origin.answer = () => ({ ...answer(), delayMs: ORIGIN_MS })
  for (let round = 0; round < rounds; round += 1) {
    progress(`register: ${name}, round ${round + 1} of ${rounds}`)
    for (let step = 0; step < programs.length; step += 1) {
      const program = programs[(round + step) % programs.length]
      const callsBefore = origin.calls
      samples.get(program).push(...(await ask(program.child, { client, url, calls: CALLS })))
      const reached = origin.calls - callsBefore
      if (reached !== CALLS) throw new Error(`${name}: ${reached} of ${CALLS} calls reached the origin.`)
    }
  }
  origin.answer = answer
  return Object.fromEntries(programs.map((program) => [program.name, median(samples.get(program))]))
}

/** The milliseconds that each call took. */
async function ask(child, task) {
  child.send(task)
  const { ms, error } = await reply(child)
  if (error !== undefined) throw new Error(error)
  return ms
}

function tableOf(figures) {
  const [without, ...hooked] = PROGRAMS.map(({ name }) => name)
  const ratios = Object.entries(figures).flatMap(([call, ms]) =>
    hooked.map((name) => ({ ratio: ms[name] / ms[without], at: `${call} with ${name}` })),
  )
  const worst = ratios.reduce((one, other) => (other.ratio > one.ratio ? other : one))
  return {
    title: 'An uncached call, with the hook and without it',
    columns: [
      { name: 'call' },
      { name: 'without, ms', isNumber: true },
      ...hooked.flatMap((name) => [
        { name: `with ${name}, ms`, isNumber: true },
        { name: '× without', isNumber: true },
      ]),
    ],
    rows: Object.entries(figures).map(([name, ms]) => [
      name,
      ms[without].toFixed(2),
      ...hooked.flatMap((each) => [ms[each].toFixed(2), formatRatio(ms[each] / ms[without])]),
    ]),
    notes: [
      `Cachette ${cachetteVersion()}. Target: at most ${formatRatio(TARGET_RATIO)}: ${worst.ratio <= TARGET_RATIO ? 'met' : 'missed'}, the slowest is at ` +
        `${formatRatio(worst.ratio)} (${worst.at}).`,
    ],
  }
}

await asCommand(import.meta.url, registerUncached)
