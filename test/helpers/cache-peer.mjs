// Another process that uses the built package on a store, told what to do line by line as JSON; it answers each line
// with one of JSON. Argument: the options of createCachette as JSON; without it, the default instance is used.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { CachedExternalAPIService, createCachette } from '../../dist/index.js'

const [optionsText] = process.argv.slice(2)
const answer = (value) => writeSync(1, `${JSON.stringify(value)}\n`)
const warnings = []
process.on('warning', ({ message }) => warnings.push(message))
const options = optionsText === undefined ? undefined : JSON.parse(optionsText)
const cachette = options === undefined ? undefined : await createCachette(options)

const serviceOf = (name = 'my_service') =>
  cachette === undefined ? new CachedExternalAPIService(name) : cachette.service(name)

const ACTIONS = {
  /** The same call by several callers at once. */
  async fetch({ service, url, options: call, callers = 1 }) {
    const api = serviceOf(service)
    const asked = Array.from({ length: callers }, () => api.fetchExternal(url, call))
    const answers = await Promise.all(asked)
    return answers.map(({ data, status, outcome, because, tier }) => ({
      data,
      status,
      outcome,
      because,
      tier,
    }))
  },
  /** Several URLs, one after another. */
  async series({ service, urls }) {
    const api = serviceOf(service)
    const outcomes = []
    for (const url of urls) outcomes.push((await api.fetchExternal(url)).outcome)
    return outcomes
  },
  /** Several URLs, all at once: the outcome of each, or the code of its error. */
  atOnce({ service, urls }) {
    const api = serviceOf(service)
    const outcomeOf = (url) =>
      api.fetchExternal(url).then(
        ({ outcome }) => outcome,
        ({ code }) => code,
      )
    return Promise.all(urls.map(outcomeOf))
  },
  metrics: (request) => (cachette ?? staticMetrics).metrics(request),
  reset: async () => (await (cachette ?? staticMetrics).resetMetrics()) ?? true,
  purge: (request) => cachette.purge(request),
  list: async (query) => (await cachette.list(query)).entries,
  health: () => cachette.health(),
  warnings: () => warnings,
  close: async () => (await (cachette ?? CachedExternalAPIService).close()) ?? true,
  /** Ends as told, without closing anything. */
  exit({ code }) {
    setImmediate(() => process.exit(code))
    return true
  },
  /** Ends as if it had never been. */
  die: () => process.kill(process.pid, 'SIGKILL'),
  /** Begins a call and does not wait for it. */
  begin({ service, url, options: call }) {
    serviceOf(service)
      .fetchExternal(url, call)
      .catch(() => undefined)
    return true
  },
  /** Stops listening, so that the process ends by itself once nothing else is to be done. */
  finish() {
    setImmediate(() => lines.close())
    return true
  },
}

const staticMetrics = {
  metrics: () => CachedExternalAPIService.getGlobalMetrics(),
  resetMetrics: () => CachedExternalAPIService.resetGlobalMetrics(),
}

const lines = createInterface({ input: process.stdin })
answer({ isReady: true })
for await (const line of lines) {
  const { action, ...request } = JSON.parse(line)
  try {
    answer(await ACTIONS[action](request))
  } catch (error) {
    answer({ error: error.message, code: error.code })
  }
}
process.stdin.unref?.()
