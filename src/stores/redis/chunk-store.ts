// The chunks of larger bodies under keys of their own, which stand in one slot and expire by themselves.
import type { Clock } from '../../shared/clock.js'
import type { KeyNames } from './key-names.js'
import { lifeMs } from './life.js'
import type { Link } from './link/link.js'

/** Where chunks are kept. */
export interface ChunkStore {
  /** Puts one chunk of a body; it goes by itself when the body may be used no more. */
  put(bodyId: string, index: number, sealed: Uint8Array, removeAtMs: number): Promise<void>
  /** Puts all chunks of a body and gives what they occupy, in bytes. */
  putAll(bodyId: string, sealed: readonly Uint8Array[], removeAtMs: number): Promise<number>
  /** Lets chunks live longer, or shorter, and gives the indexes of those that are gone. */
  keepFor(bodyId: string, count: number, removeAtMs: number): Promise<readonly number[]>
  /** Removes the chunks of a body. Nobody waits for it: what cannot be removed now expires. */
  drop(bodyId: string, count: number): void
}

/** Chunks under way at a time. */
const AT_ONCE = 4

/** Makes the chunk store. */
export function createChunkStore(link: Link, names: KeyNames, clock: Clock): ChunkStore {
  async function put(bodyId: string, index: number, sealed: Uint8Array, removeAtMs: number): Promise<void> {
    const key = names.chunk(bodyId, index)
    const life = lifeMs(removeAtMs, clock.nowMs())
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    const words = ['SET', key, bytes, ...(life === '' ? [] : ['PX', life])]
    await link.data({ operation: 'write', key, words })
  }

  /** Whether the chunk is there still. One that was to live for ever already is, though nothing changes. */
  async function keepOne(key: string, life: string): Promise<boolean> {
    const words = life === '' ? ['PERSIST', key] : ['PEXPIRE', key, life]
    if ((await link.data({ operation: 'write', key, words })) === 1) return true
    return (await link.data({ operation: 'write', key, words: ['EXISTS', key] })) === 1
  }

  return {
    put,
    async putAll(bodyId, sealed, removeAtMs) {
      for (let at = 0; at < sealed.length; at += AT_ONCE) {
        const some = sealed.slice(at, at + AT_ONCE)
        await Promise.all(some.map((chunk, index) => put(bodyId, at + index, chunk, removeAtMs)))
      }
      return sealed.reduce((sum, { byteLength }) => sum + byteLength, 0)
    },
    async keepFor(bodyId, count, removeAtMs) {
      const life = lifeMs(removeAtMs, clock.nowMs())
      const indexes = Array.from({ length: count }, (_, index) => index)
      const isThere = await Promise.all(indexes.map((index) => keepOne(names.chunk(bodyId, index), life)))
      return indexes.filter((index) => isThere[index] !== true)
    },
    drop(bodyId, count) {
      if (count === 0) return
      const keys = Array.from({ length: count }, (_, index) => names.chunk(bodyId, index))
      link
        .data({ operation: 'remove', key: keys[0] ?? '', words: ['UNLINK', ...keys] })
        .catch(() => undefined)
    },
  }
}
