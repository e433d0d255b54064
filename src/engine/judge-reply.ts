// The origin's reply judged: is its JSON whole, and what do the profile, the operator and the status say of it?
import { classifyStatus } from '../decide/decide-after-response.js'
import { CachetteError } from '../errors/cachette-error.js'
import { bodyForm } from '../http/content-type.js'
import { firstValue } from '../http/header-fields.js'
import type { EntryBody } from '../model/entry-body.js'
import type { HeaderList } from '../model/header-list.js'
import type { Classification } from '../model/policy.js'
import type { PreparedCall } from './prepared-call.js'

/** What there is to judge: a head, and the body where it is at hand. */
export interface ReplyHead {
  readonly status: number
  readonly statusText?: string | undefined
  readonly headers: HeaderList
}

/** A reply, judged. */
export interface Judged extends ReplyHead {
  readonly classification: Classification
  /** The whole body, where it was waited for. */
  readonly body: EntryBody | undefined
  /** The body's bytes as they came, decoded, where it was waited for. */
  readonly bytes: Uint8Array | undefined
  /** The parsed JSON, or undefined where the body is not JSON. */
  readonly json: unknown
}

/** Bodies up to this size are waited for in `ttl` mode, so that one that breaks off is a failure and not half an answer. */
const SMALL_BYTES = 1024 ** 2

/** True where the body has a say in the judgement, or the caller takes it whole anyway. */
export function isJudgedByBody(
  { policy, request }: PreparedCall,
  { headers }: ReplyHead,
  sizeBytes: number | undefined,
): boolean {
  if (request.options.isHttp !== true || policy.validate !== undefined) return true
  if (policy.freshness === 'http' && policy.classify === undefined) return false
  const isSmall = sizeBytes !== undefined && sizeBytes <= SMALL_BYTES
  return isSmall || bodyForm(firstValue(headers, 'content-type')) === 'json'
}

/**
 * Parses and classifies: the operator's word first, then the profile's, then the status.
 *
 * @throws CachetteError `CACHETTE_INVALID_RESPONSE` where a good status comes with JSON that does not parse
 */
export function judgeReply(
  call: PreparedCall,
  reply: ReplyHead,
  { body, attempts }: { readonly body: EntryBody | undefined; readonly attempts: number },
): Judged {
  const bytes = body?.bytes()
  const json = body === undefined ? undefined : parse({ call, reply, body, attempts })
  const { status, statusText, headers } = reply
  const facts = { status, statusText, headers, json }
  return { ...facts, body, bytes, classification: classifyReply(call, facts) }
}

/** What a reply is worth. In `http` mode every status is an answer, unless somebody says otherwise. */
export function classifyReply(
  { policy, service }: PreparedCall,
  facts: { readonly status: number; readonly headers: HeaderList; readonly json: unknown },
): Classification {
  const said = policy.classify?.(facts) ?? service.profile?.classify(facts)
  return said ?? (policy.freshness === 'http' ? 'ok' : classifyStatus(facts.status))
}

/** What parsing needs. */
interface Parsing {
  readonly call: PreparedCall
  readonly reply: ReplyHead
  readonly body: EntryBody
  readonly attempts: number
}

function parse({ call, reply, body, attempts }: Parsing): unknown {
  const isJson = bodyForm(firstValue(reply.headers, 'content-type')) === 'json'
  if (!isJson || body.sizeBytes === 0) return undefined
  // HTTP doors hand on bytes: parsing for the judgement alone leaves them as they are.
  const isKeptAsBytes = call.request.options.isHttp === true
  try {
    return isKeptAsBytes ? JSON.parse(new TextDecoder().decode(body.bytes())) : body.json()
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
