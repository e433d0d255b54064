// Bodies as chunks of at most 256 KiB, each in an envelope of its own that opens only as that part of that body.
import { ENVELOPE_BYTES, FLAG_LZ4, open, seal } from './envelope.js'
import type { Lz4 } from './lz4.js'

/** The most bytes of a body in one chunk. */
export const CHUNK_BYTES = 256 * 1024

/** LZ4 is kept where it saves at least an eighth. */
const WORTHWHILE = 7 / 8

/** How bodies are compressed. */
export interface Compression {
  readonly lz4: Lz4 | undefined
  /** Bodies above this size are compressed, in bytes. */
  readonly aboveBytes: number
}

/** Which body is meant; both are in its head. */
export interface BodyIdentity {
  readonly bodyId: string
  readonly sizeBytes: number
}

/** A body, or why there is none. */
export type DecodedBody =
  { readonly state: 'whole'; readonly bytes: Uint8Array } | { readonly state: 'damaged' | 'newer' | 'no-lz4' }

/** How many chunks a body has. */
export function chunkCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / CHUNK_BYTES)
}

/** Splits, compresses and seals a body. */
export async function encodeBody(
  bodyId: string,
  body: Uint8Array,
  { lz4, aboveBytes }: Compression,
): Promise<Uint8Array[]> {
  const compressor = body.byteLength > aboveBytes ? lz4 : undefined
  const chunks: Uint8Array[] = []
  for (let index = 0; index < chunkCount(body.byteLength); index += 1) {
    const raw = body.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
    const packed = await compressor?.compress(raw)
    const isPacked = packed !== undefined && packed.byteLength < raw.byteLength * WORTHWHILE
    chunks.push(seal('chunk', placeOf(bodyId, index), isPacked ? packed : raw, isPacked ? FLAG_LZ4 : 0))
  }
  return chunks
}

/**
 * Puts a body together again from the chunks that `chunkAt` finds; never throws for bad ones. Each chunk is done
 * with before the next is asked for.
 */
export function decodeBody(
  { bodyId, sizeBytes }: BodyIdentity,
  chunkAt: (index: number) => Uint8Array | undefined,
  lz4: Lz4 | undefined,
): DecodedBody {
  let bytes: Uint8Array | undefined
  for (let index = 0; index < chunkCount(sizeBytes); index += 1) {
    const start = index * CHUNK_BYTES
    const wantedBytes = Math.min(CHUNK_BYTES, sizeBytes - start)
    const sealed = chunkAt(index)
    if (sealed === undefined || sealed.byteLength > ENVELOPE_BYTES + wantedBytes) return { state: 'damaged' }
    const opened = open('chunk', placeOf(bodyId, index), sealed)
    if (opened.state !== 'whole') return opened
    const isPacked = (opened.flags & FLAG_LZ4) !== 0
    if (isPacked && lz4 === undefined) return { state: 'no-lz4' }
    const raw = isPacked ? unpack(opened.payload, wantedBytes, lz4) : opened.payload
    if (raw?.byteLength !== wantedBytes) return { state: 'damaged' }
    bytes ??= new Uint8Array(sizeBytes)
    bytes.set(raw, start)
  }
  return { state: 'whole', bytes: bytes ?? new Uint8Array() }
}

/** Decompresses only what says beforehand that it becomes as large as it should. */
function unpack(block: Uint8Array, wantedBytes: number, lz4: Lz4 | undefined): Uint8Array | undefined {
  if (block.byteLength < 4) return undefined
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  if (view.getUint32(0, true) !== wantedBytes) return undefined
  try {
    return lz4?.decompress(block)
  } catch {
    return undefined
  }
}

function placeOf(bodyId: string, index: number): Uint8Array {
  return Buffer.from(`${bodyId}/${index}`)
}
