// How a step of the pipeline tells what it did: the event bus, as far as the steps know it.
import type { EventMap, EventName } from '../model/request-event.js'

/** Tells one event. */
export type Emit = <Name extends EventName>(name: Name, event: EventMap[Name]) => void
