// Bodies as callers of the service class get them: JSON parsed and shared, text as a string, else a copy of the bytes.
import { bodyForm, charsetOf } from '../../http/content-type.js'
import { firstValue } from '../../http/header-fields.js'
import type { CacheAnswer } from '../../model/cache-answer.js'
import { assertNever } from '../../shared/assert-never.js'

/** The data of an answer; an empty body is null. With `isMutable`, JSON is a copy of the caller's own. */
export function answerData(
  { body: given, headers }: Pick<CacheAnswer, 'body' | 'headers'>,
  isMutable: boolean,
): unknown {
  const body = given.whole
  if (body === undefined) throw new TypeError('the service class takes bodies whole')
  if (body.isParsed) return isMutable ? structuredClone(body.json()) : body.json()
  if (body.sizeBytes === 0) return null
  const type = firstValue(headers, 'content-type')
  const form = bodyForm(type)
  switch (form) {
    case 'json':
      return parsed(body.bytes(), () => (isMutable ? structuredClone(body.json()) : body.json()))
    case 'text':
      return decodeText(body.bytes(), charsetOf(type))
    case 'bytes':
      // Not slice(): a Buffer's shares its memory.
      return new Uint8Array(body.bytes())
    default:
      return assertNever(form)
  }
}

/** What claims to be JSON and is not, as an error page may be, is given as text. */
function parsed(bytes: Uint8Array, parse: () => unknown): unknown {
  try {
    return parse()
  } catch {
    return decodeText(bytes, 'utf-8')
  }
}

function decodeText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
