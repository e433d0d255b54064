// The data of an answer as axios's own network gives it, before axios transforms it.
import type { AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import { bodyForm } from '../../http/content-type.js'
import { firstValue } from '../../http/header-fields.js'
import type { AnswerBody } from '../../model/answer-body.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import type { CacheRequest } from '../../model/cache-request.js'
import type { EntryBody } from '../../model/entry-body.js'
import { axiosErrorOf } from './axios-error.js'
import { BodyStream } from './body-stream.js'
import { isLeftAsItIs } from './default-transform.js'
import { unlessAborted } from './unless-aborted.js'

/** How one caller takes its answer. */
export interface Taking {
  readonly axios: AxiosStatic
  readonly config: InternalAxiosRequestConfig
  readonly request: CacheRequest
  /** JSON is given parsed, frozen and shared. */
  readonly isFrozen: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * The data: at once where the body is at hand, else as a promise.
 *
 * @throws AxiosError `ERR_BAD_RESPONSE` beyond `maxContentLength`
 */
export function responseData(answer: CacheAnswer, taking: Taking): unknown {
  const { config, isFrozen } = taking
  if (config.responseType === 'stream') return streamOf(answer.body, taking)
  const isShared = isFrozen && isSharedJson(answer, config)
  const { whole } = answer.body
  if (whole !== undefined) {
    answer.body.discard()
    if (isOver(config, whole.sizeBytes)) throw tooLong(taking)
    return isShared ? jsonOf(whole, config) : dataOf(whole.bytes(), config)
  }
  const coming = isShared ? gathered(answer.body, taking) : collected(answer.body, taking)
  return unlessAborted(coming, taking.signal, () => answer.body.discard())
}

/** JSON that axios would parse in its usual way, and that it leaves alone when it is parsed already. */
function isSharedJson({ headers }: CacheAnswer, config: InternalAxiosRequestConfig): boolean {
  const { responseType, responseEncoding, transitional, parseReviver } = config
  if (responseType === undefined ? transitional?.forcedJSONParsing === false : responseType !== 'json')
    return false
  if (parseReviver !== undefined || !isUtf8(responseEncoding)) return false
  return isLeftAsItIs(config.transformResponse) && bodyForm(firstValue(headers, 'content-type')) === 'json'
}

async function gathered(body: AnswerBody, taking: Taking): Promise<unknown> {
  const whole = await body.gather()
  if (isOver(taking.config, whole.sizeBytes)) throw tooLong(taking)
  return jsonOf(whole, taking.config)
}

async function collected(body: AnswerBody, taking: Taking): Promise<unknown> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of body.stream()) {
    sizeBytes += piece.byteLength
    if (isOver(taking.config, sizeBytes)) throw tooLong(taking)
    pieces.push(piece)
  }
  return dataOf(Buffer.concat(pieces, sizeBytes), taking.config)
}

function streamOf(body: AnswerBody, taking: Taking): BodyStream {
  const { config } = taking
  return new BodyStream(body, {
    check: (sizeBytes) => (isOver(config, sizeBytes) ? tooLong(taking) : undefined),
    errorOf: (error) => axiosErrorOf(error, taking),
  })
}

/** What says it is JSON and is not goes on as text, so that axios says what it thinks of it. */
function jsonOf(body: EntryBody, config: InternalAxiosRequestConfig): unknown {
  if (body.sizeBytes === 0) return ''
  try {
    return body.json()
  } catch {
    return dataOf(body.bytes(), config)
  }
}

function dataOf(
  bytes: Uint8Array,
  { responseType, responseEncoding }: InternalAxiosRequestConfig,
): Buffer | string {
  // Stored bytes are everyone's: a caller who may write gets a copy.
  if (responseType === 'arraybuffer') return Buffer.from(bytes)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = view.toString(responseEncoding as BufferEncoding | undefined)
  return isUtf8(responseEncoding) && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function isUtf8(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === 'utf8'
}

function isOver({ maxContentLength }: InternalAxiosRequestConfig, sizeBytes: number): boolean {
  return maxContentLength !== undefined && maxContentLength > -1 && sizeBytes > maxContentLength
}

function tooLong({ axios, config }: Taking): Error {
  const { AxiosError } = axios
  return new AxiosError(
    `maxContentLength size of ${config.maxContentLength} exceeded`,
    AxiosError.ERR_BAD_RESPONSE,
    config,
  )
}
