// Rules apply by URL Pattern on the path below a service's base URL.
// https://urlpattern.spec.whatwg.org/
import { URLPattern } from 'urlpattern-polyfill'
import { configError } from '../errors/cachette-error.js'

/** Tells whether a rule applies to a path (with its leading slash, without the query). */
export type RuleMatcher = (path: string) => boolean

/**
 * Compiles a pattern such as `/movie/:id` or `/search/*`. `**` is read as `*`, which already crosses slashes.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where the pattern is malformed or does not start with `/`
 */
export function compileRule(pattern: string, name: string): RuleMatcher {
  if (!pattern.startsWith('/')) {
    throw configError(`${name} is ${JSON.stringify(pattern)}; expected a path pattern that starts with "/"`)
  }
  try {
    const compiled = new URLPattern({ pathname: pattern.replaceAll('**', '*') })
    return (path) => compiled.test({ pathname: path })
  } catch (error) {
    throw configError(
      `${name} is ${JSON.stringify(pattern)}; expected a URL pattern such as "/movie/:id" or "/search/*"`,
      error,
    )
  }
}

/** The same when it is first asked: for patterns that ship and are known to be good, so that starting costs less. */
export function compileRuleLater(pattern: string, name: string): RuleMatcher {
  let compiled: RuleMatcher | undefined
  return (path) => {
    compiled ??= compileRule(pattern, name)
    return compiled(path)
  }
}
