// Whether axios's own response transform runs first: it parses text and leaves alone what is parsed already, where a
// program's own transform may count on text.
import type { InternalAxiosRequestConfig } from 'axios'

const judged = new WeakMap<object, boolean>()

/** True where data that is parsed already gets through unharmed. */
export function isLeftAsItIs(transforms: InternalAxiosRequestConfig['transformResponse']): boolean {
  if (transforms === undefined) return true
  const first = Array.isArray(transforms) ? transforms[0] : transforms
  if (first === undefined) return true
  const known = judged.get(first)
  if (known !== undefined) return known
  // Recognised by what it reads, since an app may hold another copy of axios than ours.
  const isDefault = Function.prototype.toString.call(first).includes('forcedJSONParsing')
  judged.set(first, isDefault)
  return isDefault
}
