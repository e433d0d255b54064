// From a response to the message that a socket gives: its head, and how the end of the body is told. Pure.
import { fieldValue, withoutFields } from '../../../http/header-fields.js'
import { type ResponseHead, responseHead } from './response-head.js'

/** A message whose body comes apart from it. */
export interface Message {
  /** The status line and the fields, one byte per character. */
  readonly head: string
  /** `none`: nothing may follow the head. `length`: the head says how many bytes. `chunked`: they come in chunks. */
  readonly framing: 'none' | 'length' | 'chunked'
}

/** The fields by which two ends agree on one connection. */
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer'])

/** True where a response to that method has a body. https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
export function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** The message for a response to a request with that method. https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
export function messageOf(method: string, { status, statusText, headers }: ResponseHead): Message {
  const own = withoutFields(headers, CONNECTION_FIELDS)
  if (!hasBody(method, status)) {
    return { head: responseHead({ status, statusText, headers: own }), framing: 'none' }
  }
  if (fieldValue(own, 'content-length') !== undefined) {
    return { head: responseHead({ status, statusText, headers: own }), framing: 'length' }
  }
  const chunked = [...own, ['transfer-encoding', 'chunked'] as const]
  return { head: responseHead({ status, statusText, headers: chunked }), framing: 'chunked' }
}

const LINE_END = Buffer.from('\r\n', 'latin1')

/** One chunk, copied: whoever reads it may write to it. https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`, 'latin1'), bytes, LINE_END])
}

/** What ends a chunked body. */
export const LAST_CHUNK: Uint8Array = Buffer.from('0\r\n\r\n', 'latin1')
