// Small replies that a step reads itself, such as tokens.
import type { OriginReply } from './origin-call.js'

/** Gathers a body of at most `maxBytes`; a longer one is cut off there. */
export async function gatherReply(
  { body }: Pick<OriginReply, 'body'>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    sizeBytes += chunk.byteLength
    if (sizeBytes >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}
