// Reads what a person typed to describe a call: its URL, parameters and header fields. Pure.
import type { ParamValue } from '../model/cache-request.js'
import { UsageError } from './usage-error.js'

/** The URL, which must be absolute. */
export function parseUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text
  throw new UsageError(
    `'${withoutQuery(text)}' is not a URL; give a whole one, such as 'https://api.example.com/data' (in quotes where it holds & or ?).`,
  )
}

/** A query may hold a credential, so messages leave it out. */
export function withoutQuery(text: string): string {
  return text.replace(/\?.*$/s, '?…')
}

/** True for what is meant as a URL rather than a key. */
export function looksLikeUrl(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** Parameters from `name=value`; a name given twice becomes a repeated parameter. */
function parseParams(pairs: readonly string[]): Readonly<Record<string, ParamValue>> {
  const values = new Map<string, string[]>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`--param '${pair}' is not of the form name=value.`)
    const name = pair.slice(0, at)
    values.set(name, [...(values.get(name) ?? []), pair.slice(at + 1)])
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]))
}

/** Header fields from `Name: value`. */
function parseHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line)
      if (match?.[1] === undefined)
        throw new UsageError(`--header '${redacted(line)}' is not of the form 'Name: value'.`)
      return [match[1], match[2] ?? '']
    }),
  )
}

/** What may be repeated of a header line that could not be read: it may hold a credential. */
function redacted(line: string): string {
  return line.length <= 12 ? line : `${line.slice(0, 12)}…`
}

/** For commander: gathers an option that may be given several times. */
export function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** What `get`, `show` and `explain` take to describe a call. */
export interface CallOptionTexts {
  readonly service?: string
  readonly param?: readonly string[]
  readonly header?: readonly string[]
}

/** The same, read. */
export interface DescribedCall {
  readonly service?: string
  readonly params?: Readonly<Record<string, ParamValue>>
  readonly headers?: Readonly<Record<string, string>>
}

export function describeCall({ service, param, header }: CallOptionTexts): DescribedCall {
  return {
    ...(service === undefined ? {} : { service }),
    ...(param === undefined ? {} : { params: parseParams(param) }),
    ...(header === undefined ? {} : { headers: parseHeaders(header) }),
  }
}
