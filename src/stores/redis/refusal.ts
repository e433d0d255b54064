// What a server's refusal to write means to whoever wanted to: an answer, not an error.
import type { WriteResult } from '../../model/store.js'
import { failureKind } from './link/reply-failure.js'

/** Why nothing was written. */
type Refusal = Extract<WriteResult, { readonly isStored: false }>

export const PURGED: Refusal = Object.freeze({ isStored: false, because: 'purged-meanwhile' })
export const REPLACED: Refusal = Object.freeze({ isStored: false, because: 'replaced' })
export const FULL: Refusal = Object.freeze({ isStored: false, because: 'full' })
const READ_ONLY: Refusal = Object.freeze({ isStored: false, because: 'read-only' })

/** Does a write; a server that is out of memory or takes no writes is an answer, everything else an error. */
export async function refusalOf(write: () => Promise<WriteResult>): Promise<WriteResult> {
  try {
    return await write()
  } catch (error) {
    const kind = failureKind(error)
    if (kind === 'full') return FULL
    if (kind === 'read-only') return READ_ONLY
    throw error
  }
}
