// Names under which a store files what it changes in place. In an encrypted store they are keyed hashes, since the names
// themselves would tell which services, URLs and tags there are.
import { createHash, createHmac, hkdfSync } from 'node:crypto'

/** How names show in a store. */
export interface RowNames {
  /** True where {@link RowNames.of} cannot be undone, so that the name has to stand inside the record too. */
  readonly isHidden: boolean
  /** A name as bytes: as it is, or 16 bytes of a keyed hash. */
  of(name: string): Buffer
  /** 16 bytes that stand for a name of any length. */
  digest(name: string): Buffer
}

const DIGEST_BYTES = 16

/**
 * Makes the names of a store.
 *
 * @param secret the store's secret, which outlives its keys, where the store is encrypted
 */
export function createRowNames(secret?: Uint8Array): RowNames {
  if (secret === undefined) {
    return {
      isHidden: false,
      of: (name) => Buffer.from(name),
      digest: (name) => createHash('sha256').update(name).digest().subarray(0, DIGEST_BYTES),
    }
  }
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'cachette names', 32))
  const digest = (name: string): Buffer =>
    createHmac('sha256', key).update(name).digest().subarray(0, DIGEST_BYTES)
  return { isHidden: true, of: digest, digest }
}
