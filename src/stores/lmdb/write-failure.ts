// What a failed commit means: a full or read-only disk costs a warning, anything else is told as it is.

/** What lmdb adds to the error of a failed commit. */
interface CommitFailure extends Error {
  readonly commitError?: Promise<unknown>
}

/** What became of a transaction that failed. */
export type WriteFailure =
  | { readonly kind: 'full' | 'read-only'; readonly message: string }
  | { readonly kind: 'other'; readonly message: string }

/** LMDB says "input/output error" of a write that was cut short, which is how a disk first turns out to be full. */
const FULL = /MDB_MAP_FULL|input\/output error|no space left|disk quota|file too large|ENOSPC|EDQUOT|EFBIG/i
const READ_ONLY = /read-only|permission denied|operation not permitted|EROFS|EACCES|EPERM/i

/** Finds out why a transaction failed. It also takes hold of lmdb's second promise, which would end the process. */
export async function explainWriteFailure(error: unknown): Promise<WriteFailure> {
  const failure: CommitFailure = error instanceof Error ? error : new Error(String(error))
  const detail: unknown = await Promise.race([
    Promise.resolve(failure.commitError).then(
      () => undefined,
      (cause: unknown) => cause,
    ),
    new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
  ])
  const message = detail instanceof Error ? detail.message : failure.message
  if (FULL.test(message)) return { kind: 'full', message }
  if (READ_ONLY.test(message)) return { kind: 'read-only', message }
  return { kind: 'other', message }
}
