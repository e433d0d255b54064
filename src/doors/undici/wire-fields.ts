// Header lists from and to the two forms that undici's handlers speak: raw bytes, and objects by name. Pure.
import type { HeaderList } from '../../model/header-list.js'

/** Fields by lower-case name; repeated ones are lists. */
export type ParsedFields = Record<string, string | string[]>

type Pair = readonly [name: string, value: string]

/** Pairs of a flat list of bytes or texts, where a value may itself be a list. */
export function pairsOfRaw(raw: readonly unknown[] | null | undefined): HeaderList {
  const pairs: Pair[] = []
  for (let index = 0; index + 1 < (raw?.length ?? 0); index += 2) {
    const name = textOf(raw?.[index])
    const value = raw?.[index + 1]
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      pairs.push([name, textOf(one)])
  }
  return pairs
}

/** Pairs of fields by name. */
export function pairsOfParsed(fields: object | null | undefined): HeaderList {
  const pairs: Pair[] = []
  for (const [name, value] of Object.entries(fields ?? {}) as [string, unknown][]) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      pairs.push([name, textOf(one)])
  }
  return pairs
}

/**
 * Pairs of fields that came in both forms. The raw ones keep order, case and bytes; an interceptor on the way may have
 * changed the others alone, and then those count.
 */
export function pairsOfBoth(raw: unknown, fields: object | null | undefined): HeaderList {
  const parsed = pairsOfParsed(fields)
  if (!Array.isArray(raw)) return parsed
  const pairs = pairsOfRaw(raw)
  return pairs.length === parsed.length && isSame(parsedOf(pairs), parsedOf(parsed)) ? pairs : parsed
}

/** A flat list of bytes, a fresh one, as a socket would give it. */
export function rawOf(fields: HeaderList): Buffer[] {
  const raw: Buffer[] = []
  for (const [name, value] of fields) raw.push(bytesOf(name), bytesOf(value))
  return raw
}

/** Fields by name, as undici parses them. */
export function parsedOf(fields: HeaderList): ParsedFields {
  const parsed: ParsedFields = {}
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    const known = Object.hasOwn(parsed, key) ? parsed[key] : undefined
    if (known === undefined) parsed[key] = value
    else if (typeof known === 'string') parsed[key] = [known, value]
    else known.push(value)
  }
  return parsed
}

/** Some versions of undici read the bytes as UTF-8. */
function isSame(raw: ParsedFields, parsed: ParsedFields): boolean {
  return Object.keys(raw).every((name) => {
    const [ours, theirs] = [String(raw[name]), String(parsed[name])]
    return ours === theirs || Buffer.from(ours, 'latin1').toString() === theirs
  })
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
    : String(value)
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1')
}
