// Whether a URL is asked for in the very words that keys are made of. Pure.

/**
 * False for a target that URL parsers rewrite (dot segments, backslashes, characters beyond ASCII): a client that sends it as
 * it stands asks for something else than what its key would name.
 */
export function isPlainUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { pathname, search } = new URL(url)
  const target = /^[a-z]+:\/\/[^/?#\\]*([^#]*)/i.exec(url)?.[1] ?? ''
  return target === '' || target.replace(/\?$/, '') === `${pathname}${search}`
}
