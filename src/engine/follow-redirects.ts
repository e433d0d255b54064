// Redirects: each hop is a request of its own, cached by its own rules. Credentials of the caller stay with the
// origin that they were meant for. https://www.rfc-editor.org/rfc/rfc9110#section-15.4
import { isCredentialHeader } from '../decide/credential-names.js'
import { CachetteError } from '../errors/cachette-error.js'
import { firstValue } from '../http/header-fields.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import { type CacheRequest, headerPairs } from '../model/cache-request.js'
import type { HeaderList } from '../model/header-list.js'
import type { Outcome } from '../model/outcome.js'
import type { Hop } from './hop.js'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MAX_HOPS = 20
const MAX_READ_BYTES = 64 * 1024

/** Over several hops the caller got the worst of them. */
const WORST_FIRST: readonly Outcome[] = [
  'failed',
  'rescued',
  'miss',
  'revalidated',
  'bypass',
  'coalesced',
  'stale',
  'hit',
]

/** True for an answer that points elsewhere. */
export function isRedirect({ status, headers }: Pick<CacheAnswer, 'status' | 'headers'>): boolean {
  return (
    status >= 300 && status < 400 && REDIRECTS.has(status) && firstValue(headers, 'location') !== undefined
  )
}

/** What following takes. */
export interface Following {
  readonly answerHop: (request: CacheRequest) => Promise<Hop>
  /** The name of the service that claims a URL. */
  readonly claim: (url: string) => string
}

/**
 * Answers a request and whatever it is redirected to, 20 times at most, as fetch does.
 *
 * @throws CachetteError `CACHETTE_INVALID_RESPONSE` for a loop or for a Location that is not http or https
 */
export async function followRedirects(request: CacheRequest, { answerHop, claim }: Following): Promise<Hop> {
  const most = Math.min(MAX_HOPS, request.options.maxRedirects ?? MAX_HOPS)
  let current = request
  let hop = await answerHop(current)
  for (let hops = 0; isRedirect(hop.answer); hops += 1) {
    if (hops === most) throw redirectError(hop, request, `redirected more than ${most} times`)
    current = nextRequest(current, hop, claim)
    letGo(hop.answer.body)
    hop = combine(hop, await answerHop(current))
  }
  return current === request ? hop : { ...hop, answer: { ...hop.answer, redirectedTo: current.url } }
}

/** The body of a redirect is short and read by nobody: it is read here, so that the answer can be stored. */
function letGo(body: AnswerBody): void {
  if (body.whole !== undefined) return body.discard()
  const reading = async (): Promise<void> => {
    let sizeBytes = 0
    for await (const piece of body.stream()) {
      sizeBytes += piece.byteLength
      if (sizeBytes > MAX_READ_BYTES) return
    }
  }
  reading().catch(() => undefined)
}

function nextRequest(request: CacheRequest, hop: Hop, claim: Following['claim']): CacheRequest {
  const location = firstValue(hop.answer.headers, 'location') ?? ''
  const target = URL.canParse(location, request.url) ? new URL(location, request.url) : undefined
  if (target === undefined || !/^https?:$/.test(target.protocol)) {
    throw redirectError(hop, request, 'redirected to something that is not an http or https URL')
  }
  const { status } = hop.answer
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status <= 302 && request.method === 'POST'
  const isSameOrigin = new URL(request.url).origin === target.origin
  const { params: _params, body, headers, ...rest } = request
  if (body !== undefined && !(body instanceof Uint8Array) && !becomesGet)
    throw redirectError(hop, request, 'redirected, and its body, a stream, cannot be sent again')
  // Each hop is a request of its own: where the door goes by URL, so does the hop.
  const service = rest.options.isHttp === true ? claim(target.href) : rest.service
  return {
    ...rest,
    service,
    url: target.href,
    method: becomesGet ? 'GET' : request.method,
    headers: keptHeaders(headerPairs(headers), { isSameOrigin, losesBody: becomesGet }),
    ...(body === undefined || becomesGet ? {} : { body }),
  }
}

function keptHeaders(
  headers: HeaderList,
  { isSameOrigin, losesBody }: { readonly isSameOrigin: boolean; readonly losesBody: boolean },
): HeaderList {
  const isKept = (name: string): boolean =>
    (isSameOrigin || !(isCredentialHeader(name) || /^host$/i.test(name))) &&
    !(losesBody && /^content-/i.test(name))
  return headers.filter(([name]) => isKept(name))
}

function combine(first: Hop, second: Hop): Hop {
  const outcomes = [first.answer.outcome, second.answer.outcome]
  const worst = WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? second.answer.outcome
  const because = worst === second.answer.outcome ? second.answer.because : first.answer.because
  return {
    ...second,
    answer: {
      ...second.answer,
      outcome: worst,
      because,
      attempts: first.answer.attempts + second.answer.attempts,
    },
    originMs: first.originMs + second.originMs,
    savedMs: first.savedMs + second.savedMs,
  }
}

function redirectError(
  { answer: { url, attempts } }: Hop,
  { service, method }: CacheRequest,
  what: string,
): CachetteError {
  return new CachetteError('CACHETTE_INVALID_RESPONSE', `${method} ${url} was ${what}`, {
    service,
    url,
    attempts,
  })
}
