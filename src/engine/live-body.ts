// A body that is coming from the origin, shared by everyone who was given the answer, and kept for the store on the way.
//
// How it works:
//   1. The source is read once. What came is held in a window; each ticket has a place of its own in it.
//   2. It is read ahead by 1 MiB, so that what callers do not read still gets stored, and beyond that as fast as the
//      foremost reader takes it.
//   3. What is to be stored and grows beyond the window goes on into a writer of the store, piece by piece, and the window
//      moves on. Who comes later, or lags, reads it back from there.
//   4. What grows beyond the size that is kept is stored no more; who lags behind by more than that is cut off.
//   5. Whoever holds a ticket wants the body until it has read it or let go. When the last one has left, a body that is
//      bounded and can be stored, or is empty, is read to its end; any other is cancelled.
import type { AnswerBody } from '../model/answer-body.js'
import { EntryBody } from '../model/entry-body.js'
import type { BodyWriter } from '../model/store.js'
import { BodyWindow, type Place } from './body-window.js'
import { createTicket } from './body-ticket.js'

/** How a body ended. */
export type BodyEnd =
  | { readonly kind: 'whole'; readonly body: EntryBody }
  | { readonly kind: 'written'; readonly writer: BodyWriter; readonly sizeBytes: number }
  | { readonly kind: 'too-large' | 'left' }
  | { readonly kind: 'cut-short'; readonly error: unknown }

/** What a live body is made of. */
export interface LiveBodyParts {
  readonly source: AsyncIterable<Uint8Array>
  /** The size that was announced. */
  readonly sizeBytes: number | undefined
  /** Up to this size it is kept; beyond it flows past. */
  readonly keepBytes: number
  /** True where it is meant for the store, so that it is read to its end when everyone has left. */
  readonly isStored: boolean
  /** Aborts where the response is ended from outside, whether it is being read or not. */
  readonly signal: AbortSignal
  monotonicMs(): number
  /** Calls back after a while, unless the returned function is called; where nobody waits, a body may not come for ever. */
  setTimer(callback: () => void, delayMs: number): () => void
  /** Whether a piece may be put at rest; asked for each one, in order. */
  mayBeWritten(piece: Uint8Array): boolean
  /** Takes what no longer fits into the window; gives undefined where no tier can. */
  openWriter(): BodyWriter | undefined
  /** Ends the response. */
  cancel(reason: Error): void
  /** The error of those who read on when it was cancelled, and of those who read too slowly. */
  errorOf(what: 'left' | 'too-slow' | 'too-large'): Error
}

/** A body that is coming. */
export interface LiveBody {
  /** A body for one more caller; undefined where its beginning is gone, or all of it. */
  ticket(): AnswerBody | undefined
  /** Waits until it is whole; undefined once it is too large to be kept. Rejects where it is cut short. */
  wholeOrLarge(): Promise<EntryBody | undefined>
  readonly end: Promise<BodyEnd>
  /** Resolves when it has ended and nobody reads it any more. */
  readonly left: Promise<void>
  /** True while the next piece was asked for and has not come for a while. */
  isStalled(): boolean
}

const READ_AHEAD_BYTES = 1024 ** 2
/** How long the next piece may take before those who come do not wait for it any more. */
const STALLED_AFTER_MS = 1_000
/** How long a body is read on for the store when everybody has left. */
const READ_ON_FOR_MS = 30_000

/** Begins to read a body. Whoever opens it takes a ticket at once. */
export function openLiveBody(parts: LiveBodyParts): LiveBody {
  const { keepBytes } = parts
  const window = new BodyWindow()
  const readers = new Set<() => void>()
  const sizeBytes = parts.sizeBytes ?? Number.POSITIVE_INFINITY
  const isBounded = sizeBytes === 0 || (parts.isStored && sizeBytes <= keepBytes)
  let wakePump: (() => void) | undefined
  let writer: BodyWriter | undefined
  let isKept = keepBytes > 0
  let isWholeWanted = false
  let isWritable = true
  let askedAtMs: number | undefined
  let stopTimer: () => void = () => undefined
  let tickets = 0
  let ended: BodyEnd | undefined
  let tellLarge: () => void = () => undefined
  let tellEnd: (end: BodyEnd) => void = () => undefined
  const large = new Promise<undefined>((resolve) => (tellLarge = () => resolve(undefined)))
  let tellLeft: () => void = () => undefined
  const end = new Promise<BodyEnd>((resolve) => (tellEnd = resolve))
  const left = new Promise<void>((resolve) => (tellLeft = resolve))

  function stir(): void {
    const wake = wakePump
    wakePump = undefined
    wake?.()
  }

  function wakeReaders(): void {
    const woken = [...readers]
    readers.clear()
    for (const wake of woken) wake()
  }

  function onCut(): void {
    finish({ kind: 'cut-short', error: parts.signal.reason })
  }

  function finish(how: BodyEnd): void {
    if (ended !== undefined) return
    ended = how
    stopTimer()
    parts.signal.removeEventListener('abort', onCut)
    if (tickets === 0) letGoOfWriter()
    tellEnd(how)
    if (tickets === 0) tellLeft()
    wakeReaders()
    stir()
  }

  /** What became an entry stays; anything else stays as long as somebody may read it. */
  function letGoOfWriter(): void {
    if (ended?.kind !== 'written') void writer?.abandon().catch(() => undefined)
  }

  /** Whether the next piece is to be asked for now. */
  function isPieceWanted(): boolean {
    if (tickets === 0) return isBounded
    return (isKept && (isWholeWanted || window.sizeBytes < READ_AHEAD_BYTES)) || window.hasWaiting()
  }

  async function pump(): Promise<void> {
    try {
      const pieces = parts.source[Symbol.asyncIterator]()
      for (;;) {
        while (ended === undefined && !isPieceWanted()) await new Promise<void>((wake) => (wakePump = wake))
        if (ended !== undefined) return
        askedAtMs = parts.monotonicMs()
        const piece = await pieces.next()
        askedAtMs = undefined
        if (ended !== undefined) return
        if (piece.done === true) break
        if (piece.value.byteLength > 0) await take(piece.value)
      }
      finish(wholeEnd())
    } catch (error) {
      finish({ kind: 'cut-short', error })
    }
  }

  function wholeEnd(): BodyEnd {
    if (!isKept) return { kind: 'too-large' }
    if (writer !== undefined) return { kind: 'written', writer, sizeBytes: window.sizeBytes }
    const [only] = window.pieces
    const isOne = window.pieces.length === 1 && only !== undefined
    return { kind: 'whole', body: new EntryBody(isOne ? only : Buffer.concat(window.pieces)) }
  }

  async function take(piece: Uint8Array): Promise<void> {
    window.push(piece)
    if (!parts.mayBeWritten(piece)) isWritable = false
    if (isKept && window.sizeBytes > keepBytes) flowPast()
    if (isKept && parts.isStored && !isWholeWanted && window.sizeBytes > READ_AHEAD_BYTES)
      await (isWritable ? spill(piece) : flowPast())
    if (!isKept) window.dropRead(keepBytes + READ_AHEAD_BYTES)
    else if (writer !== undefined) window.keepLast(READ_AHEAD_BYTES)
    wakeReaders()
  }

  /** From here on it is not for the store any more. A writer stays for those who lag, and goes with the end. */
  function flowPast(): void {
    isKept = false
    tellLarge()
  }

  async function spill(piece: Uint8Array): Promise<void> {
    try {
      if (writer !== undefined) return await writer.add(piece)
      writer = parts.openWriter()
      for (const held of writer === undefined ? [] : window.pieces) await writer?.add(held)
    } catch {
      // The tier tells of it in an event of its own; callers get their bytes all the same.
      flowPast()
    }
  }

  /** One reader: from the first byte to the last, out of the window or, where that has moved on, out of the store. */
  async function* read(place: Place): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (place.isCutOff) throw parts.errorOf('too-slow')
      if (window.isBehind(place)) yield* catchUp(place)
      const piece = window.next(place)
      if (piece !== undefined) yield piece
      else if (window.isBehind(place)) continue
      else if (ended !== undefined) return finishReading(ended)
      else await nextPiece(place)
    }
  }

  function finishReading(how: BodyEnd): void {
    if (how.kind === 'cut-short') throw how.error
    if (how.kind === 'left') throw parts.errorOf('left')
  }

  async function nextPiece(place: Place): Promise<void> {
    place.isWaiting = true
    const come = new Promise<void>((wake) => readers.add(wake))
    stir()
    await come
    place.isWaiting = false
  }

  function* catchUp(place: Place): Generator<Uint8Array> {
    const begun = place.offsetBytes
    let at = 0
    for (const piece of writer?.written() ?? []) {
      const had = place.offsetBytes - at
      at += piece.byteLength
      if (had >= piece.byteLength) continue
      place.offsetBytes = at
      yield piece.subarray(Math.max(0, had))
      if (!window.isBehind(place)) return
    }
    if (place.offsetBytes === begun) throw parts.errorOf('too-slow')
  }

  function leave(place: Place): void {
    window.leave(place)
    tickets -= 1
    if (tickets === 0 && ended === undefined) {
      if (isBounded) stopTimer = parts.setTimer(giveUp, READ_ON_FOR_MS)
      else giveUp()
    }
    if (tickets === 0 && ended !== undefined) {
      letGoOfWriter()
      tellLeft()
    }
    stir()
  }

  function giveUp(): void {
    const reason = parts.errorOf('left')
    finish({ kind: 'left' })
    parts.cancel(reason)
  }

  function isGone(): boolean {
    if (ended?.kind === 'cut-short' || ended?.kind === 'left') return true
    return window.startBytes > 0 && (writer === undefined || !isKept)
  }

  if (!isKept) tellLarge()
  parts.signal.addEventListener('abort', onCut, { once: true })
  void pump()
  return {
    end,
    left,
    isStalled: () => askedAtMs !== undefined && parts.monotonicMs() - askedAtMs > STALLED_AFTER_MS,
    ticket() {
      if (isGone()) return undefined
      tickets += 1
      stopTimer()
      const place = window.enter()
      stir()
      return createTicket({
        read: () => read(place),
        leave: () => leave(place),
        wholeNow: () => (ended?.kind === 'whole' ? ended.body : undefined),
        sizeBytes: parts.sizeBytes,
        tooLarge: () => parts.errorOf('too-large'),
      })
    },
    async wholeOrLarge() {
      isWholeWanted = true
      stir()
      const how = await Promise.race([end, large])
      if (how?.kind === 'whole') return how.body
      if (how?.kind === 'cut-short') throw how.error
      if (how?.kind === 'left') throw parts.errorOf('left')
      return undefined
    },
  }
}
