// What the environment says to the hook: which hosts, and whether each call is written to stderr. Pure.
import { CachetteError } from '../../errors/cachette-error.js'

/** The hook's own settings. */
export interface RegisterSettings {
  /** `host`, `host:port` or `*.example.com`, in lower case; undefined: every host but loopback. */
  readonly hosts: readonly string[] | undefined
  /** True writes one line per call to stderr. */
  readonly isDebug: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const LABEL = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?'
const NAME = `(\\*\\.)?${LABEL}(\\.${LABEL})*`
const HOST = new RegExp(`^(${NAME}|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$`)

const ON = new Set(['1', 'true', 'yes', 'on'])
const OFF = new Set(['', '0', 'false', 'no', 'off'])

/**
 * Reads the settings.
 *
 * @throws CachetteError `CACHETTE_CONFIG` for a wrong value, naming the variable, the value and what is expected
 */
export function readRegisterSettings(environment: Environment): RegisterSettings {
  return {
    hosts: readHosts(environment['CACHETTE_HOSTS']),
    isDebug: readSwitch('CACHETTE_DEBUG', environment['CACHETTE_DEBUG']),
  }
}

/** An empty value is one that is not set: shells have no better way to take a variable back. */
function readHosts(value: string | undefined): readonly string[] | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const hosts = value.split(',').map((host) => host.trim().toLowerCase())
  for (const host of hosts.filter((each) => each !== '' && !isHost(each))) {
    throw wrong(
      'CACHETTE_HOSTS',
      host,
      'a comma-separated list of hosts such as api.example.com, localhost:8080 or *.example.com',
    )
  }
  return hosts.filter((host) => host !== '')
}

function isHost(text: string): boolean {
  return HOST.test(text) && Number(/:([0-9]+)$/.exec(text)?.[1] ?? 1) <= 65_535
}

function readSwitch(name: string, value: string | undefined): boolean {
  const text = (value ?? '').trim().toLowerCase()
  if (ON.has(text)) return true
  if (OFF.has(text)) return false
  throw wrong(name, value ?? '', '1 or 0')
}

/** A URL with a name, a password or a key in it is not repeated whole. */
function wrong(name: string, value: string, expected: string): CachetteError {
  const shown = JSON.stringify(value.replace(/\/\/[^/]*@/, '//…@').replace(/\?.*$/s, '?…'))
  return new CachetteError('CACHETTE_CONFIG', `${name} is ${shown}; expected ${expected}`)
}
