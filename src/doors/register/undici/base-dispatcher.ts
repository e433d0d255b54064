// The dispatcher below the gate, where there was none before the hook: undici's own, made when the network is needed.
import type { Dispatcher } from 'undici'
import type * as Undici from 'undici'
import { builtIn } from '../../../shared/built-in.js'
import { memberOf } from './dispatcher-member.js'

/**
 * Stands for a dispatcher that is made with its first use, so that a program that never calls, or only hits, does not
 * load undici for it.
 */
export function lazyDispatcher(): Dispatcher {
  let made: Dispatcher | undefined
  const make = (): Dispatcher => {
    const undici = builtIn('module').createRequire(import.meta.url)('undici') as typeof Undici
    made = new undici.Agent()
    return made
  }
  return new Proxy({} as Dispatcher, {
    get: (_target, name) => memberOf(made ?? make(), name),
    has: (_target, name) => Reflect.has(made ?? make(), name),
    getPrototypeOf: () => Reflect.getPrototypeOf(made ?? make()),
  })
}
