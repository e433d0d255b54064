// A URL as messages show it: without its query, its fragment and whoever's name and password. Pure.

/** What is left of a URL, however it is written, and of a text that is none. */
export function shownUrl(text: string): string {
  const bare = text.replace(/[?#].*$/s, '')
  if (!/^[a-z][a-z0-9+.-]*:/i.test(bare)) return bare
  const url = URL.canParse(bare) ? new URL(bare) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    return `${url.protocol}//${url.host}${url.pathname}`
  return bare.replace(/^([^:]*:[/\\]*).*@/s, '$1')
}
