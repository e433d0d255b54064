// The body of a call after axios has transformed it: bytes, or something that axios alone knows how to send.

/** A stream, a form, a file: it is sent once, as it is, and never looked at. */
export class NativeBody implements AsyncIterable<Uint8Array> {
  readonly data: unknown

  constructor(data: unknown) {
    this.data = data
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield* this.data as AsyncIterable<Uint8Array>
  }
}

/** What is sent; undefined for nothing. */
export function requestBody(data: unknown): Uint8Array | NativeBody | undefined {
  if (data === undefined || data === null || data === '' || data === false || data === 0) return undefined
  if (typeof data === 'string') return Buffer.from(data)
  if (Buffer.isBuffer(data)) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return new NativeBody(data)
}
