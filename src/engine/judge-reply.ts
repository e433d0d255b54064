// The origin's reply judged: is its JSON whole, and what do the profile, the operator and the status say of it?
import { classifyStatus } from '../decide/decide-after-response.js'
import { CachetteError } from '../errors/cachette-error.js'
import { bodyForm } from '../http/content-type.js'
import { firstValue } from '../http/header-fields.js'
import { EntryBody } from '../model/entry-body.js'
import type { HeaderList } from '../model/header-list.js'
import type { Classification } from '../model/policy.js'
import type { OriginReply } from '../origin/origin-call.js'
import type { PreparedCall } from './prepared-call.js'

/** A reply, judged. */
export interface Judged {
  readonly status: number
  readonly headers: HeaderList
  readonly body: EntryBody
  /** The body's bytes as they came, decoded. */
  readonly bytes: Uint8Array
  readonly classification: Classification
  /** The parsed JSON, or undefined where the body is not JSON. */
  readonly json: unknown
}

/**
 * Parses and classifies: the operator's word first, then the profile's, then the status.
 *
 * @throws CachetteError `CACHETTE_INVALID_RESPONSE` where a good status comes with JSON that does not parse
 */
export function judgeReply(call: PreparedCall, reply: OriginReply, attempts: number): Judged {
  const body = new EntryBody(reply.body)
  const json = parse({ call, reply, body, attempts })
  const facts = { status: reply.status, headers: reply.headers, json }
  const classification =
    call.policy.classify?.(facts) ?? call.service.profile?.classify(facts) ?? classifyStatus(reply.status)
  return { ...facts, body, bytes: reply.body, classification }
}

/** What parsing needs. */
interface Parsing {
  readonly call: PreparedCall
  readonly reply: OriginReply
  readonly body: EntryBody
  readonly attempts: number
}

function parse({ call, reply, body, attempts }: Parsing): unknown {
  const isEmpty = body.sizeBytes === 0
  if (isEmpty || bodyForm(firstValue(reply.headers, 'content-type')) !== 'json') return undefined
  try {
    return body.json()
  } catch (cause) {
    if (reply.status >= 400) return undefined
    const { service, parts, request } = call
    throw new CachetteError(
      'CACHETTE_INVALID_RESPONSE',
      `${request.method} ${parts.redactedUrl} answered ${reply.status} with JSON that does not parse`,
      {
        service: service.name,
        url: parts.redactedUrl,
        status: reply.status,
        attempts,
        cause,
      },
    )
  }
}
