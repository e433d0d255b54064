// A body as text for people and as JSON for machines. Pure.
import { printable } from './printable.js'

/** JSON indented, text as it is; undefined for bytes, which have no text. */
export function bodyText(data: unknown): string | undefined {
  if (data instanceof Uint8Array) return undefined
  return typeof data === 'string' ? data : JSON.stringify(data, undefined, 2)
}

/** The same, safe for a terminal. */
export function shownBodyText(data: unknown): string | undefined {
  const text = bodyText(data)
  return text === undefined ? undefined : printable(text)
}

/** For `--json`: bytes become `{ base64 }`, everything else stays. */
export function jsonBody(data: unknown): unknown {
  return data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : data
}
