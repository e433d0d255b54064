// `node --import cachette/register app.js`: caches what a program calls through fetch, undici, node:http and node:https,
// without a change to it. The instance is the default one, opened with the first call that it may answer.
import { writeSync } from 'node:fs'
import { CachetteError } from '../../errors/cachette-error.js'
import { debugLine } from './debug-line.js'
import { compileHostChoice } from './host-choice.js'
import { hookHttp } from './http/http-hook.js'
import { watchUnsafeCalls } from './http/unsafe-calls.js'
import { createInstance } from './instance.js'
import { defaultSource } from './open-default.js'
import { readRegisterSettings } from './register-settings.js'
import { hookGlobalDispatcher } from './undici/global-dispatcher.js'

const STDERR = 2
const INSTALLED = Symbol.for('cachette.register')

/** Told once: the program itself goes on as if there were no cache. */
function warn(error: unknown): void {
  const isSetting = CachetteError.is(error) && error.code === 'CACHETTE_CONFIG'
  const message = error instanceof Error ? error.message : String(error)
  say(
    isSetting
      ? `cachette: nothing is cached, because of a wrong setting: ${message}`
      : `cachette: nothing is cached, because the cache cannot be opened: ${message}`,
  )
}

/** Written at once, so that nothing is lost at exit. */
function say(line: string): void {
  try {
    writeSync(STDERR, `${line}\n`)
  } catch {
    // Nobody reads it, or the pipe is full: a line is not worth a program.
  }
}

function install(): void {
  const { hosts, isDebug } = readRegisterSettings(process.env)
  const source = defaultSource(isDebug ? (event) => say(debugLine(event)) : undefined)
  const instance = createInstance(source, compileHostChoice(hosts), warn)
  hookHttp(instance)
  watchUnsafeCalls(instance)
  hookGlobalDispatcher(instance)
}

// Named on the command line and in NODE_OPTIONS both, or from two copies of the package: once is enough.
const globals = globalThis as unknown as Record<symbol, boolean | undefined>
if (globals[INSTALLED] !== true) {
  globals[INSTALLED] = true
  install()
}
