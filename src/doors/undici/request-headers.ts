// Request headers in any form that undici takes them: a flat list, pairs, or an object. Pure.
import type { HeaderList } from '../../model/header-list.js'

type Pair = readonly [name: string, value: string]

/** The headers as pairs, in their order; undefined where undici would refuse them. */
export function readHeaders(headers: unknown): HeaderList | undefined {
  if (headers === undefined || headers === null) return []
  if (typeof headers !== 'object') return undefined
  const pairs: Pair[] = []
  const isWhole = Array.isArray(headers)
    ? addFlat(pairs, headers)
    : Symbol.iterator in headers
      ? addEach(pairs, headers as Iterable<unknown>)
      : addNamed(pairs, headers as Readonly<Record<string, unknown>>)
  return isWhole ? pairs : undefined
}

function addFlat(pairs: Pair[], flat: readonly unknown[]): boolean {
  if (flat.length % 2 !== 0) return false
  for (let index = 0; index < flat.length; index += 2) {
    if (!addField(pairs, flat[index], flat[index + 1])) return false
  }
  return true
}

function addEach(pairs: Pair[], entries: Iterable<unknown>): boolean {
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2 || !addField(pairs, entry[0], entry[1])) return false
  }
  return true
}

function addNamed(pairs: Pair[], fields: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(fields).every((name) => addField(pairs, name, fields[name]))
}

function addField(pairs: Pair[], name: unknown, value: unknown): boolean {
  const text = textOf(name)
  if (text === undefined) return false
  if (value === undefined) return true
  for (const part of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    const one = part === null ? '' : textOf(part)
    if (one === undefined) return false
    pairs.push([text, one])
  }
  return true
}

/** Header bytes are Latin-1. https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined
}
