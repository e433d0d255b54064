// A program under `--import cachette/register`, in a process and a folder of its own, that asks what it is told to ask.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SERVICE, createFolder } from './cachette.mjs'

/** What stands for `cachette/register` in a checkout. */
export const REGISTER = new URL('../../dist/doors/register/register.js', import.meta.url).href

const PROGRAM = fileURLToPath(new URL('../shared/asking-program.mjs', import.meta.url))

/**
 * Starts the program. The service `bench` claims the origin, with the options of `service`; with `isDeclared` false the
 * origin is named as a host instead, since loopback is left alone otherwise.
 */
export async function openHooked(client, { origin, isDeclared = true, service = {}, defaultTtlHours }) {
  const folder = createFolder()
  const environment = isDeclared ? {} : { CACHETTE_HOSTS: new URL(origin.url).host }
  if (defaultTtlHours !== undefined) environment.CACHETTE_TTL_HOURS = String(defaultTtlHours)
  const config = isDeclared ? { services: { [SERVICE]: { baseURL: origin.url, ...service } } } : {}
  writeFileSync(join(folder.path, 'cachette.config.json'), JSON.stringify(config))
  const child = fork(PROGRAM, {
    cwd: folder.path,
    execArgv: ['--import', REGISTER],
    env: { PATH: process.env.PATH, CACHETTE_STORE: 'memory:', ...environment },
  })
  const waiting = new Map()
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(answer)
    else reject(new Error(error))
  })
  child.on('error', ({ message }) => failAll(message))
  child.on('exit', (status) => failAll(`The program ended with ${status}.`))
  let calls = 0
  return { ask, close }

  function ask(url, headers) {
    return new Promise((resolve, reject) => {
      const id = (calls += 1)
      waiting.set(id, { resolve, reject })
      child.send({ id, client, url, headers })
    })
  }

  function failAll(message) {
    for (const { reject } of waiting.values()) reject(new Error(message))
    waiting.clear()
  }

  async function close() {
    if (child.exitCode === null && child.kill()) await once(child, 'exit')
    folder.remove()
  }
}
