// A prepared call as it goes down the origin pipeline.
import { fieldValue } from '../http/header-fields.js'
import type { EntryHead } from '../model/cache-entry.js'
import type { HeaderList } from '../model/header-list.js'
import type { OriginReply, OriginStep } from '../origin/origin-call.js'
import type { PreparedCall } from './prepared-call.js'

/** Sends a prepared call down the pipeline. */
export function sendCall(
  pipeline: OriginStep,
  call: PreparedCall,
  conditions: HeaderList,
  signal: AbortSignal = new AbortController().signal,
): Promise<OriginReply> {
  const { request, parts, policy, service, isOwnUrl } = call
  const usesOwnCredentials = policy.injectCredentials && isOwnUrl && !parts.isAuthorized
  return pipeline({
    service: service.name,
    policy,
    method: request.method,
    url: parts.sendUrl,
    redactedUrl: parts.redactedUrl,
    headers: [...parts.sendHeaders, ...conditions],
    body: request.body,
    transport: request.transport,
    authorization: usesOwnCredentials ? service.authorization : { kind: 'none' },
    signal,
  })
}

/** The conditions that validate an entry. https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1 */
export function conditionsFor(entry: EntryHead): HeaderList {
  const etag = fieldValue(entry.headers, 'etag')
  const lastModified = fieldValue(entry.headers, 'last-modified')
  const conditions: (readonly [string, string])[] = []
  if (etag !== undefined) conditions.push(['if-none-match', etag])
  if (lastModified !== undefined) conditions.push(['if-modified-since', lastModified])
  return conditions
}
