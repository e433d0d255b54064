// Notices calls that change something at an origin: what is stored for their URL is then out of date.
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Instance, Target } from '../instance.js'

/** Node tells here of each response, before its program hears of it. */
const CHANNEL = 'http.client.response.finish'

/** Methods that change nothing. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'SEARCH', 'REPORT', 'PROPFIND', 'CONNECT'])

/** Watches; the returned function stops. */
export function watchUnsafeCalls(instance: Instance): () => void {
  function onResponse(message: unknown): void {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    if (SAFE.has(request.method) || (response.statusCode ?? 500) >= 400) return
    const target = targetOf(request)
    if (target !== undefined && instance.mayCache(target)) instance.purge(target)
  }

  subscribe(CHANNEL, onResponse)
  return () => void unsubscribe(CHANNEL, onResponse)
}

/** The URL as its Host has it: the same as for a call that is cached, since others never are. */
function targetOf(request: ClientRequest): Target | undefined {
  const { protocol, path } = request
  const host = request.getHeader('host') ?? sentHost(request)
  const url = /^https?:\/\//i.test(path) ? path : `${protocol}//${String(host)}${path}`
  return host !== undefined && URL.canParse(url) ? { host: new URL(url).host, url } : undefined
}

/** Fields that were given as a list are in no table: they stand in what was sent. */
function sentHost(request: ClientRequest): string | undefined {
  const { _header: head } = request as unknown as { readonly _header?: string | null }
  return /^host:[ \t]*(\S+)[ \t]*$/im.exec(head ?? '')?.[1]
}
