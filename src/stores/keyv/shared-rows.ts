// Rows that several writers change. Within the process changes to a row come one after another. A Keyv has no step that
// reads and writes at once, so between processes the last writer wins: a change is read again after it was written, and made
// anew where another one took its place meanwhile. That makes lost changes rare, not impossible.
import type { Envelope, Kind } from '../codec/envelope.js'
import type { KeyvRows } from './keyv-rows.js'

/** What becomes of a row. */
export type RowChanged<Result> =
  | { readonly action: 'put'; readonly text: string; readonly forMs: number; readonly result: Result }
  | { readonly action: 'remove' | 'leave'; readonly result: Result }

/** Rows of text, sealed, that are changed in place. */
export interface SharedRows {
  read(name: string): Promise<string | undefined>
  /** May call `change` several times; resolves with the result of the one that stands. */
  update<Result>(name: string, change: (before: string | undefined) => RowChanged<Result>): Promise<Result>
  /** The rows whose names begin so, in no order. */
  scan(prefix: string): AsyncGenerator<{ readonly name: string; readonly text: string }>
}

/** How often a change is made anew. */
const ATTEMPTS = 5

/** Makes rows of one kind. */
export function createSharedRows(rows: KeyvRows, envelope: Envelope, kind: Kind): SharedRows {
  const queues = new Map<string, Promise<unknown>>()

  function open(name: string, bytes: Buffer | undefined): string | undefined {
    if (bytes === undefined) return undefined
    const opened = envelope.open(kind, Buffer.from(name), bytes)
    return opened.state === 'whole' ? Buffer.from(opened.payload).toString() : undefined
  }

  async function changeOnce<Result>(
    name: string,
    change: (before: string | undefined) => RowChanged<Result>,
  ): Promise<{ readonly isStanding: boolean; readonly result: Result }> {
    const changed = change(open(name, await rows.get(name)))
    const { result } = changed
    if (changed.action !== 'put') {
      if (changed.action === 'remove') await rows.remove(name)
      return { isStanding: true, result }
    }
    const sealed = envelope.seal(kind, Buffer.from(name), Buffer.from(changed.text))
    await rows.set(name, sealed, changed.forMs)
    const kept = await rows.get(name)
    // What lives for a moment may be gone already.
    return { isStanding: kept === undefined || open(name, kept) === changed.text, result }
  }

  return {
    read: async (name) => open(name, await rows.get(name)),
    update(name, change) {
      const before = queues.get(name) ?? Promise.resolve()
      const work = before.then(async () => {
        for (let attempt = 1; ; attempt += 1) {
          const { isStanding, result } = await changeOnce(name, change)
          if (isStanding) return result
          if (attempt >= ATTEMPTS) throw new Error(`others kept changing ${name}`)
        }
      })
      const queued = work.then(
        () => undefined,
        () => undefined,
      )
      queues.set(name, queued)
      void queued.then(() => {
        if (queues.get(name) === queued) queues.delete(name)
      })
      return work
    },
    async *scan(prefix) {
      for await (const { name, bytes } of rows.scan(prefix)) {
        const text = open(name, bytes)
        if (text !== undefined) yield { name, text }
      }
    },
  }
}
