// LZ4, where its native module loads; without it bodies are stored as they are.

/** The two directions, and the asynchronous one for bodies of many chunks. */
export interface Lz4 {
  compress(bytes: Uint8Array): Promise<Uint8Array>
  /** Throws on damage. The block's first four bytes say how large the result is. */
  decompress(block: Uint8Array): Uint8Array
}

let loading: Promise<Lz4 | undefined> | undefined

/** Loads the module once; undefined where it cannot be loaded. */
export function loadLz4(): Promise<Lz4 | undefined> {
  loading ??= import('lz4-napi').then(
    ({ compress, uncompressSync }): Lz4 => ({ compress, decompress: uncompressSync }),
    () => undefined,
  )
  return loading
}
