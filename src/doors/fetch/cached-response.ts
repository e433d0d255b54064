// A Response that costs a hit next to nothing: no copy, no stream and no Headers unless someone asks for them.
import { STATUS_CODES } from 'node:http'
import type { Because } from '../../model/because.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { Outcome } from '../../model/outcome.js'
import type { Tier } from '../../model/tier.js'
import { answerFields } from '../../http/answer-fields.js'
import { type FetchCall, withoutFragment } from './fetch-call.js'
import { readOnlyHeaders } from './read-only-headers.js'
import { ResponseBody } from './response-body.js'

/** What the cache did for one call. */
export interface CacheReport {
  readonly outcome: Outcome
  readonly because: Because
  /** How long ago the origin last vouched for it, in milliseconds. */
  readonly ageMs: number
  /** How long it stays fresh, in milliseconds; 0 where it was not stored; negative, how long it was stale when it was served so. */
  readonly ttlMs: number
  readonly tier: Tier
  readonly key: string
}

/** A Response that tells what the cache did. */
export interface CachedResponse extends Response {
  /** Absent where the call went past the cache: `data:` and `blob:` URLs, `integrity`, `referrer`, `dispatcher`. */
  readonly cachette?: CacheReport
}

/** https://fetch.spec.whatwg.org/#null-body-status */
const NULL_BODY = new Set([101, 204, 205, 304])

/** The Response for an answer. */
export function respond(answer: CacheAnswer, call: FetchCall): CachedResponse {
  if (!isReady) makeReady()
  const hasBody = call.method !== 'HEAD' && !NULL_BODY.has(answer.status)
  if (!hasBody) answer.body.discard()
  const body = hasBody ? new ResponseBody(answer.body, call.signal) : null
  return new LazyResponse(answer, call, body) as unknown as CachedResponse
}

/**
 * It is put below the platform's Response without being constructed as one, which would cost more than all else, and
 * would let the platform's own methods, called on it by force, answer with an empty body instead of an error.
 */
class LazyResponse implements Omit<Response, 'clone'> {
  readonly #answer: CacheAnswer
  readonly #call: FetchCall
  readonly #body: ResponseBody | null
  #headers: Headers | undefined
  #report: CacheReport | undefined

  constructor(answer: CacheAnswer, call: FetchCall, body: ResponseBody | null) {
    this.#answer = answer
    this.#call = call
    this.#body = body
  }

  get type(): 'basic' {
    return 'basic'
  }

  get url(): string {
    return withoutFragment(new URL(this.#answer.redirectedTo ?? this.#call.url).href)
  }

  get redirected(): boolean {
    return this.#answer.redirectedTo !== undefined
  }

  get status(): number {
    return this.#answer.status
  }

  get ok(): boolean {
    return this.#answer.status >= 200 && this.#answer.status <= 299
  }

  get statusText(): string {
    return this.#answer.statusText ?? STATUS_CODES[this.#answer.status] ?? ''
  }

  get headers(): Headers {
    this.#headers ??= readOnlyHeaders(answerFields(this.#answer, this.#body !== null) as [string, string][])
    return this.#headers
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#body === null ? null : this.#body.stream
  }

  get bodyUsed(): boolean {
    return this.#body !== null && this.#body.isUsed
  }

  get cachette(): CacheReport {
    const { outcome, because, ageMs, ttlMs, tier, key } = this.#answer
    this.#report ??= Object.freeze({ outcome, because, ageMs, ttlMs, tier, key })
    return this.#report
  }

  async json(): Promise<unknown> {
    return this.#body === null ? JSON.parse('') : this.#body.json()
  }

  async text(): Promise<string> {
    return this.#body === null ? '' : this.#body.text()
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#body === null ? new Uint8Array() : this.#body.bytes()
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async blob(): Promise<Blob> {
    return (await this.#whole()).blob()
  }

  async formData(): Promise<FormData> {
    return (await this.#whole()).formData()
  }

  clone(): LazyResponse {
    return new LazyResponse(this.#answer, this.#call, this.#body?.fork() ?? null)
  }

  /** One of the platform's own, for what depends on the body's type. */
  async #whole(): Promise<Response> {
    const type = this.headers.get('content-type')
    return new Response(await this.bytes(), type === null ? {} : { headers: { 'content-type': type } })
  }
}

let isReady = false

/** Left to the first use, since the platform takes a while to load its own. */
function makeReady(): void {
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype)
  // So that `new response.constructor(body)` makes what it makes elsewhere.
  Object.defineProperty(LazyResponse.prototype, 'constructor', { value: Response })
  isReady = true
}
