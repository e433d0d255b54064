// Bodies as chunks of at most 256 KiB, each in an envelope of its own that opens only as that part of that body.
import { type Envelope, FLAG_LZ4, MAX_ENVELOPE_BYTES } from './envelope.js'
import type { Lz4 } from './lz4.js'

/** The most bytes of a body in one chunk. */
export const CHUNK_BYTES = 256 * 1024

/** LZ4 is kept where it saves at least an eighth. */
const WORTHWHILE = 7 / 8

/** How bodies become chunks, and chunks bodies again. */
export interface ChunkCodec {
  readonly envelope: Envelope
  readonly lz4: Lz4 | undefined
}

/** How bodies are compressed and sealed. */
export interface BodyPacking extends ChunkCodec {
  /** Bodies above this size are compressed, in bytes. */
  readonly aboveBytes: number
}

/** Which body is meant; both are in its head. */
export interface BodyIdentity {
  readonly bodyId: string
  readonly sizeBytes: number
}

/** Which part of a body is meant, and how long it is. */
export interface ChunkIdentity {
  readonly bodyId: string
  readonly index: number
  readonly sizeBytes: number
}

/** Bytes, or why there are none. */
export type DecodedBody =
  { readonly state: 'whole'; readonly bytes: Uint8Array } | { readonly state: 'damaged' | 'newer' | 'no-lz4' }

/** How many chunks a body has. */
export function chunkCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / CHUNK_BYTES)
}

/** Which part of a body the chunk with an index is. */
export function chunkOf({ bodyId, sizeBytes }: BodyIdentity, index: number): ChunkIdentity {
  return { bodyId, index, sizeBytes: Math.min(CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES) }
}

/** Splits, compresses and seals a body. */
export async function encodeBody(
  bodyId: string,
  body: Uint8Array,
  { lz4, aboveBytes, envelope }: BodyPacking,
): Promise<Uint8Array[]> {
  const codec = { envelope, lz4: body.byteLength > aboveBytes ? lz4 : undefined }
  const chunks: Uint8Array[] = []
  for (let index = 0; index < chunkCount(body.byteLength); index += 1) {
    const raw = body.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
    chunks.push(await encodeChunk({ bodyId, index }, raw, codec))
  }
  return chunks
}

/** Compresses and seals one chunk; without LZ4 it is sealed as it is. */
export async function encodeChunk(
  { bodyId, index }: Omit<ChunkIdentity, 'sizeBytes'>,
  raw: Uint8Array,
  { lz4, envelope }: ChunkCodec,
): Promise<Uint8Array> {
  const packed = await lz4?.compress(raw)
  const isPacked = packed !== undefined && packed.byteLength < raw.byteLength * WORTHWHILE
  return envelope.seal('chunk', placeOf(bodyId, index), isPacked ? packed : raw, isPacked ? FLAG_LZ4 : 0)
}

/**
 * Puts a body together again from the chunks that `chunkAt` finds; never throws for bad ones. Each chunk is done
 * with before the next is asked for.
 */
export function decodeBody(
  identity: BodyIdentity,
  chunkAt: (index: number) => Uint8Array | undefined,
  codec: ChunkCodec,
): DecodedBody {
  let bytes: Uint8Array | undefined
  for (let index = 0; index < chunkCount(identity.sizeBytes); index += 1) {
    const chunk = decodeChunk(chunkOf(identity, index), chunkAt(index), codec)
    if (chunk.state !== 'whole') return chunk
    bytes ??= new Uint8Array(identity.sizeBytes)
    bytes.set(chunk.bytes, index * CHUNK_BYTES)
  }
  return { state: 'whole', bytes: bytes ?? new Uint8Array() }
}

/** Opens one chunk; never throws for a bad one. The bytes may be a view of those given. */
export function decodeChunk(
  { bodyId, index, sizeBytes }: ChunkIdentity,
  sealed: Uint8Array | undefined,
  { lz4, envelope }: ChunkCodec,
): DecodedBody {
  if (sealed === undefined || sealed.byteLength > MAX_ENVELOPE_BYTES + sizeBytes) return { state: 'damaged' }
  const opened = envelope.open('chunk', placeOf(bodyId, index), sealed)
  if (opened.state !== 'whole') return opened
  const isPacked = (opened.flags & FLAG_LZ4) !== 0
  if (isPacked && lz4 === undefined) return { state: 'no-lz4' }
  const bytes = isPacked ? unpack(opened.payload, sizeBytes, lz4) : opened.payload
  return bytes?.byteLength === sizeBytes ? { state: 'whole', bytes } : { state: 'damaged' }
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
