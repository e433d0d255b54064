// A body on its way to one caller: whole already, or still coming. Each caller holds one of its own.
import type { EntryBody } from './entry-body.js'

/** How the one caller of a body that is still coming gets on. */
export interface Reading {
  /**
   * Calls back once it begins to read, at once where it has; `over` resolves when it has read all of it, or let go, and
   * holds nothing of the body. One listener: a second takes the place of the first.
   */
  onBegun(listener: (over: Promise<void>) => void): void
}

/** The body of an answer, for one caller. Whoever does not want it says so by {@link AnswerBody.discard}. */
export interface AnswerBody {
  /** The size of the decoded body, in bytes; undefined while it is not known. */
  readonly sizeBytes: number | undefined
  /** The whole body where it is at hand; undefined while it is still coming. */
  readonly whole: EntryBody | undefined
  /** Who waits for the end of what callers read looks here; undefined where the body needs nothing to come. */
  readonly reading?: Reading | undefined
  /**
   * Waits for all of it.
   *
   * @throws CachetteError `CACHETTE_ORIGIN_UNREACHABLE` or `CACHETTE_INVALID_RESPONSE` where it was cut short,
   * `CACHETTE_BODY_TOO_LARGE` beyond what is ever gathered
   */
  gather(): Promise<EntryBody>
  /**
   * The bytes from the first one on, not to be written to. The source is read as fast as its readers take it; whoever
   * stops early lets go. Can be asked for once where the body is still coming.
   */
  stream(): AsyncIterable<Uint8Array>
  /** Says that nobody will read it. */
  discard(): void
}
