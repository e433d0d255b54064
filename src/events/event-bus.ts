// Tells listeners of an instance, and `node:diagnostics_channel`, what happened. Free when nobody listens.
import { type Channel, channel } from 'node:diagnostics_channel'
import type { EventMap, EventName } from '../model/request-event.js'

/** Stops a listener. */
export type Unsubscribe = () => void

/** The one way out for events. */
export interface EventBus {
  /** True where somebody would hear the event: build it only then. */
  isHeard(name: EventName): boolean
  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void
  on<Name extends EventName>(name: Name, listener: (event: EventMap[Name]) => void): Unsubscribe
}

interface Subscription {
  readonly listener: (event: never) => unknown
}

/** Every event is published on the channel `cachette:<name>` too. */
const CHANNELS: Readonly<Record<EventName, Channel>> = {
  request: channel('cachette:request'),
  stored: channel('cachette:stored'),
  'not-stored': channel('cachette:not-stored'),
  'tier-failed': channel('cachette:tier-failed'),
  retried: channel('cachette:retried'),
  breaker: channel('cachette:breaker'),
  'cooled-down': channel('cachette:cooled-down'),
  'budget-level': channel('cachette:budget-level'),
  'rate-limited': channel('cachette:rate-limited'),
  'timed-out': channel('cachette:timed-out'),
  refreshed: channel('cachette:refreshed'),
  drift: channel('cachette:drift'),
  lease: channel('cachette:lease'),
  'tier-recovered': channel('cachette:tier-recovered'),
  aborted: channel('cachette:aborted'),
  purged: channel('cachette:purged'),
  warning: channel('cachette:warning'),
}

/** The names of all events. */
export const EVENT_NAMES: readonly EventName[] = Object.freeze(Object.keys(CHANNELS) as EventName[])

/** Makes a bus. A listener that throws or rejects is reported as a process warning and harms no request. */
export function createEventBus(): EventBus {
  const listeners = new Map<EventName, Set<Subscription>>()
  return {
    isHeard: (name) => listeners.has(name) || CHANNELS[name].hasSubscribers,
    emit(name, event) {
      for (const subscription of listeners.get(name) ?? []) callSafely(subscription, event)
      CHANNELS[name].publish(event)
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      const subscription: Subscription = { listener }
      listeners.set(name, set.add(subscription))
      return () => {
        set.delete(subscription)
        if (set.size === 0 && listeners.get(name) === set) listeners.delete(name)
      }
    },
  }
}

function callSafely({ listener }: Subscription, event: unknown): void {
  try {
    const result = listener(event as never)
    if (result instanceof Promise) result.catch(warn)
  } catch (error) {
    warn(error)
  }
}

function warn(error: unknown): void {
  process.emitWarning(`a cachette listener threw: ${String(error)}`, 'CachetteWarning')
}
