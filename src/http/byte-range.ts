// Byte ranges: which bytes a request asks for, and which a response holds. Pure.
// https://www.rfc-editor.org/rfc/rfc9110#section-14

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A range as a request writes it: by places, open-ended without `end`, or the last so many bytes. */
export type RangeSpec =
  | { readonly kind: 'from'; readonly start: number; readonly end: number | undefined }
  | { readonly kind: 'last'; readonly lengthBytes: number }

/** What a Content-Range field says of the bytes that come with it. */
export interface ContentRange extends ByteRange {
  /** The size of the whole; undefined where the origin did not know it. */
  readonly sizeBytes: number | undefined
}

/** The one range that a Range field asks for; undefined where it is malformed, in another unit, or asks for several. */
export function rangeSpecOf(value: string): RangeSpec | undefined {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(value.trim()) ?? []
  if (first === undefined || last === undefined) return undefined
  if (first === '') return last === '' ? undefined : { kind: 'last', lengthBytes: Number(last) }
  const start = Number(first)
  const end = last === '' ? undefined : Number(last)
  return end !== undefined && end < start ? undefined : { kind: 'from', start, end }
}

/**
 * The bytes that a Range field asks for, out of so many. `ignored` where the whole is to be sent instead.
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function byteRange(value: string, sizeBytes: number): ByteRange | 'ignored' | 'unsatisfiable' {
  const spec = rangeSpecOf(value)
  if (spec === undefined) return 'ignored'
  if (spec.kind === 'from') {
    if (spec.start >= sizeBytes) return 'unsatisfiable'
    return { start: spec.start, end: Math.min(spec.end ?? Number.POSITIVE_INFINITY, sizeBytes - 1) }
  }
  if (spec.lengthBytes === 0) return 'unsatisfiable'
  // The last bytes of nothing are nothing, which no Content-Range can say.
  if (sizeBytes === 0) return 'ignored'
  return { start: Math.max(0, sizeBytes - spec.lengthBytes), end: sizeBytes - 1 }
}

/** Reads a Content-Range; undefined where it is malformed or only names a size. */
export function contentRangeOf(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(value ?? '')
  if (match === null) return undefined
  const [start, end] = [Number(match[1]), Number(match[2])]
  const sizeBytes = match[3] === '*' ? undefined : Number(match[3])
  const isSound = start <= end && (sizeBytes === undefined || end < sizeBytes)
  return isSound ? { start, end, sizeBytes } : undefined
}

/** Writes a Content-Range. */
export function contentRangeText({ start, end, sizeBytes }: ContentRange): string {
  return `bytes ${start}-${end}/${sizeBytes ?? '*'}`
}
