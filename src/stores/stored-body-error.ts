// Why a body that stays in its tier could not be read to its end; nothing wrong was handed out before.

/** `gone`: its entry was replaced or evicted meanwhile. `unreadable`: a newer version wrote it, or LZ4 is missing here. */
export type StoredBodyReason = 'gone' | 'damaged' | 'unreadable' | 'closed'

const SENTENCES: Readonly<Record<StoredBodyReason, string>> = {
  gone: 'The entry was replaced, evicted or removed while its body was being read. Ask for it again.',
  damaged: 'A part of the stored body is missing or damaged; the entry is removed. Ask for it again.',
  unreadable: 'A part of the stored body was written in a way that this process cannot read.',
  closed: 'The store was closed while a stored body was being read.',
}

/** Thrown by the pieces of a body that a tier keeps. */
export class StoredBodyError extends Error {
  override readonly name = 'StoredBodyError'
  readonly reason: StoredBodyReason

  constructor(reason: StoredBodyReason) {
    super(SENTENCES[reason])
    this.reason = reason
  }
}
