// The poison guard: whether a good status came with what its service does not send. Such an answer replaces nothing.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { bodyForm, charsetOf } from '../http/content-type.js'
import { firstValue } from '../http/header-fields.js'
import type { CacheEntry } from '../model/cache-entry.js'
import type { Judged, ReplyHead } from './judge-reply.js'
import type { PreparedCall } from './prepared-call.js'

/** Complaints beyond these are not told. */
const MAX_ISSUES = 5

/**
 * What is wrong with a response whose status is 200 to 299, as sentences; none where all is well. An error that calls itself
 * 200, a web page where the older entry is JSON, data that the policy's `validate` refuses.
 */
export async function driftOf(
  { policy }: PreparedCall,
  judged: Judged,
  older: CacheEntry | undefined,
): Promise<readonly string[]> {
  if (judged.status < 200 || judged.status > 299) return []
  if (judged.classification !== 'ok') return [`an error in an answer with status ${judged.status}`]
  if (isPageForJson(judged, older)) return ['a web page where JSON was due']
  return policy.validate === undefined ? [] : issuesOf(policy.validate, judged)
}

/** True for a web page in answer to what is stored as JSON: it comes from a proxy, a portal or a network in trouble. */
export function isPageForJson({ headers }: ReplyHead, older: CacheEntry | undefined): boolean {
  if (older === undefined) return false
  const isPage = /^\s*text\/html\b/i.test(firstValue(headers, 'content-type') ?? '')
  return isPage && bodyForm(firstValue(older.headers, 'content-type')) === 'json'
}

async function issuesOf(schema: StandardSchemaV1, judged: Judged): Promise<readonly string[]> {
  try {
    const { issues = [] } = await schema['~standard'].validate(dataOf(judged))
    return issues.slice(0, MAX_ISSUES).map(issueText)
  } catch (error) {
    return [`validate failed: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** What callers of the service class get: JSON parsed, text as a string, all else as bytes. */
function dataOf({ headers, json, body, bytes = new Uint8Array() }: Judged): unknown {
  if (body?.sizeBytes === 0) return null
  if (json !== undefined) return json
  const type = firstValue(headers, 'content-type')
  return bodyForm(type) === 'text' ? textOf(bytes, type) : bytes
}

function textOf(bytes: Uint8Array, contentType: string | undefined): string {
  try {
    return new TextDecoder(charsetOf(contentType)).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

function issueText({ message, path = [] }: StandardSchemaV1.Issue): string {
  const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  return place === '' ? message : `${place}: ${message}`
}
