// The hook in undici: Node's own fetch and every copy of undici ask one global dispatcher, and this puts the gate before it.
// A program may set another one at any time without anyone being told; that is noticed with the first request that it
// makes, which goes uncached, and from then on the gate stands before that one.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Dispatcher } from 'undici'
import type { Instance } from '../instance.js'
import { lazyDispatcher } from './base-dispatcher.js'
import { PLACES, awaitFirstReader, dispatcherAt, setDispatcherAt } from './dispatcher-place.js'
import { beforeFetch } from './before-fetch.js'
import { memberOf } from './dispatcher-member.js'
import { createGate } from './gate.js'
import { hasOwnTerms } from './own-terms.js'

/** Each undici tells here of each request, right before it is sent. */
const CHANNEL = 'undici:request:create'

/** Puts the hook in; the returned function takes it out. */
export function hookGlobalDispatcher(instance: Instance): () => void {
  const below = new WeakMap<Dispatcher, Dispatcher>()

  function withGate(dispatcher: Dispatcher): Dispatcher {
    const dispatch = createGate((options, handler) => dispatcher.dispatch(options, handler), instance)
    const gated = new Proxy(dispatcher, {
      get: (target, name) => (name === 'dispatch' ? dispatch : memberOf(target, name)),
    })
    below.set(gated, dispatcher)
    return gated
  }

  function install(): void {
    for (const place of PLACES) {
      const dispatcher = dispatcherAt(place)
      if (dispatcher === undefined || below.has(dispatcher)) continue
      if (isMock(dispatcher) || hasOwnTerms(dispatcher)) continue
      setDispatcherAt(place, withGate(dispatcher))
    }
  }

  let fallback: Dispatcher | undefined
  install()
  for (const place of PLACES) {
    if (dispatcherAt(place) !== undefined) continue
    awaitFirstReader(place, {
      onNode: () => queueMicrotask(install),
      forOthers: () => (fallback ??= withGate(lazyDispatcher())),
    })
  }
  const restoreFetch = beforeFetch(install)
  subscribe(CHANNEL, install)
  return () => {
    unsubscribe(CHANNEL, install)
    restoreFetch()
    for (const place of PLACES) {
      const dispatcher = dispatcherAt(place)
      const original = dispatcher === undefined ? undefined : below.get(dispatcher)
      if (original !== undefined) setDispatcherAt(place, original)
    }
  }
}

/** What a test made up must not outlast the test. */
function isMock(dispatcher: Dispatcher): boolean {
  return 'disableNetConnect' in dispatcher
}
