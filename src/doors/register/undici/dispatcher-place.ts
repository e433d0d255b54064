// The places where every copy of undici, Node's own included, looks for the global dispatcher.
import type { Dispatcher } from 'undici'

/** A place: up to undici 7 the first; 8 has the second, and fills the first for older copies. */
export const PLACES = [
  Symbol.for('undici.globalDispatcher.1'),
  Symbol.for('undici.globalDispatcher.2'),
] as const

const shared = globalThis as unknown as Record<symbol, Dispatcher | undefined>

/** What stands at a place; undefined where nobody has asked yet. */
export function dispatcherAt(place: symbol): Dispatcher | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, place)
  return descriptor?.value as Dispatcher | undefined
}

/** Puts a dispatcher where one stands already, or where one may be taken back. */
export function setDispatcherAt(place: symbol, dispatcher: Dispatcher): void {
  if (dispatcherAt(place) !== undefined) shared[place] = dispatcher
  else {
    const value = { value: dispatcher, writable: true, enumerable: false, configurable: true }
    Object.defineProperty(globalThis, place, value)
  }
}

/** What happens at a place where nothing stands yet. */
export interface FirstReader {
  /** Node's own undici is being loaded. It finds nothing, and puts a dispatcher there that it makes itself. */
  onNode(): void
  /** Another copy asks: this is what it finds there, from now on. */
  forOthers(): Dispatcher
}

/** Waits for the first who asks. Each copy of undici makes a dispatcher of its own only where it finds none. */
export function awaitFirstReader(place: symbol, reader: FirstReader): void {
  Object.defineProperty(globalThis, place, {
    enumerable: false,
    configurable: true,
    get() {
      if (isNodeAsking()) {
        reader.onNode()
        return undefined
      }
      const dispatcher = reader.forOthers()
      setDispatcherAt(place, dispatcher)
      return dispatcher
    },
    set: (dispatcher: Dispatcher) => setDispatcherAt(place, dispatcher),
  })
}

/** Node's own copy looks once, while it is loaded. Told by its name among the callers: it has no other sign. */
function isNodeAsking(): boolean {
  return String(new Error('who asks').stack).includes('node:internal/deps/undici')
}
