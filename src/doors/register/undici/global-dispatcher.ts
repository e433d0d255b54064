// The hook in undici: Node's own fetch and every copy of undici ask one global dispatcher, and this puts the gate before it.
// A program may set another one at any time without anyone being told; that is noticed with the first request that it
// makes, which goes uncached, and from then on the gate stands before that one.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Dispatcher } from 'undici'
import type { Instance } from '../instance.js'
import { lazyDispatcher } from './base-dispatcher.js'
import { createGate } from './gate.js'

/** Where it is kept: up to undici 7 under the first name; 8 has the second, and keeps the first for older ones. */
const PLACES = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')] as const

/** Each undici tells here of each request, right before it is sent. */
const CHANNEL = 'undici:request:create'

const shared = globalThis as unknown as Record<symbol, Dispatcher | undefined>

/** Puts the hook in; the returned function takes it out. */
export function hookGlobalDispatcher(instance: Instance): () => void {
  const gated = new WeakSet<Dispatcher>()
  const before = PLACES.map((place) => shared[place])
  let fallback: Dispatcher | undefined

  function withGate(dispatcher: Dispatcher): Dispatcher {
    const dispatch = createGate((options, handler) => dispatcher.dispatch(options, handler), instance)
    const made = new Proxy(dispatcher, {
      get: (target, name) => (name === 'dispatch' ? dispatch : Reflect.get(target, name)),
    })
    gated.add(made)
    return made
  }

  function install(): void {
    const found = PLACES.map((place) => shared[place])
    for (const [index, place] of PLACES.entries()) {
      const dispatcher = found[index]
      if (dispatcher === undefined) continue
      if (!gated.has(dispatcher) && !isMock(dispatcher)) shared[place] = withGate(dispatcher)
    }
  }

  for (const place of PLACES) {
    if (shared[place] !== undefined) continue
    fallback ??= withGate(lazyDispatcher())
    // As undici defines it, but that it can be taken back.
    Object.defineProperty(globalThis, place, { value: fallback, writable: true, configurable: true })
  }
  install()
  subscribe(CHANNEL, install)
  return () => {
    unsubscribe(CHANNEL, install)
    for (const [index, place] of PLACES.entries()) {
      const dispatcher = shared[place]
      if (dispatcher !== undefined && gated.has(dispatcher)) restore(place, before[index])
    }
  }
}

/** What a test made up must not outlast the test. */
function isMock(dispatcher: Dispatcher): boolean {
  return 'disableNetConnect' in dispatcher
}

function restore(place: symbol, dispatcher: Dispatcher | undefined): void {
  if (dispatcher !== undefined) shared[place] = dispatcher
  else Reflect.deleteProperty(globalThis, place)
}
