// What a stand-in for a dispatcher gives for the dispatcher's own members.
import type { Dispatcher } from 'undici'

/** Methods that do all they do through `dispatch`, and must find the stand-in's. */
const THROUGH_DISPATCH: ReadonlySet<string | symbol> = new Set([
  'request',
  'stream',
  'pipeline',
  'connect',
  'upgrade',
  'compose',
])

/** The member; a method is called on the dispatcher itself, since what is private to it can be reached on nothing else. */
export function memberOf(dispatcher: Dispatcher, name: string | symbol): unknown {
  const member: unknown = Reflect.get(dispatcher, name)
  if (typeof member !== 'function' || name === 'constructor' || THROUGH_DISPATCH.has(name)) return member
  return member.bind(dispatcher)
}
