// Bytes to text as fetch decodes them: UTF-8 whatever the type says, a byte order mark left out, bad bytes replaced. Pure.
import { isAscii } from 'node:buffer'

const BYTE_ORDER_MARK = 0xfeff

/** The text of a body. https://encoding.spec.whatwg.org/#utf-8-decode */
export function decodeUtf8(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Each byte of ASCII is a character, which is the quickest decoding of all.
  if (isAscii(view)) return view.toString('latin1')
  const text = view.toString('utf8')
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}
