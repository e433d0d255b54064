// A copy of the secret of the store behind, in the front, so that a machine that starts while that one is away makes the same
// keys. The front's files are as private as those of a store of its own, and sealed where that is encrypted.
import type { Store } from '../../model/store.js'

const CELL = 'layered:secret'
const KEPT_MS = 300 * 86_400_000

/** The secret of the store behind, or the copy while it is away. */
export async function readKeptSecret({
  front,
  secretOfBack,
}: {
  readonly front: Pick<Store, 'cells'>
  readonly secretOfBack: () => Promise<Uint8Array>
}): Promise<Uint8Array> {
  try {
    const secret = await secretOfBack()
    const text = Buffer.from(secret).toString('base64')
    const keeping = front.cells.update<void>(CELL, (before, nowMs) =>
      before === text
        ? { action: 'leave', result: undefined }
        : { action: 'put', value: text, keepUntilMs: nowMs + KEPT_MS, result: undefined },
    )
    // A front that keeps no copy is told of by whoever needs it next.
    await keeping.catch(() => undefined)
    return secret
  } catch (error) {
    const copy = await front.cells.read(CELL)
    if (copy === undefined) throw error
    return Uint8Array.from(Buffer.from(copy, 'base64'))
  }
}
