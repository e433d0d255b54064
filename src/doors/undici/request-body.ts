// Request bodies in any form that undici takes them: bytes where they are at hand, else something to be read once.

/** Bytes, something to read, nothing, or a form that undici refuses. */
export type ReadBody = Uint8Array | AsyncIterable<Uint8Array> | undefined | 'unknown'

/** The body. Streams and the like are not touched: what is asked to be sent unchanged is sent as the caller gave it. */
export function readBody(body: unknown): ReadBody {
  if (body === undefined || body === null) return undefined
  const bytes = bytesOf(body)
  if (bytes !== undefined) return bytes.byteLength === 0 ? undefined : bytes
  if (typeof body !== 'object') return 'unknown'
  if (Symbol.asyncIterator in body) return body as AsyncIterable<Uint8Array>
  if (isForm(body) || Symbol.iterator in body) return readLater(body)
  return 'unknown'
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined
}

/** `FormData` and `Blob`, whichever copy of undici they come from. */
function isForm(body: object): boolean {
  const kind = (body as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return kind === 'FormData' || kind === 'Blob' || kind === 'File' || kind === 'URLSearchParams'
}

function readLater(body: object): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      if (!isForm(body)) yield* body as Iterable<Uint8Array>
      else yield* (new Response(body as FormData).body ?? []) as AsyncIterable<Uint8Array>
    },
  }
}
