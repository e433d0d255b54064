// Gives a caller what it asked for of an answer: all of it, some bytes of it, or word that it has it already.
import { type SelectedAnswer, selectAnswer } from '../decide/rfc9111/select-answer.js'
import { selectFromPartial } from '../decide/rfc9111/select-from-partial.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import { type Demands, NO_DEMANDS } from '../model/demands.js'
import { EMPTY_BODY, EntryBody } from '../model/entry-body.js'
import { assertNever } from '../shared/assert-never.js'
import { lettingGo } from './letting-go.js'

/** What selecting depends on. */
export interface Selecting {
  readonly method: string
  readonly demands: Demands
  readonly nowMs: number
}

/** The caller's share of an answer; the very answer where the caller asked for nothing special. */
export function selectShare(answer: CacheAnswer, selecting: Selecting): CacheAnswer {
  if (selecting.demands === NO_DEMANDS || answer.outcome === 'bypass') return answer
  return shareOf(answer, selectAnswer(questionOf(answer, selecting)))
}

/** The caller's share of a stored part; undefined where it asked for what is not in it. */
export function selectShareOfPart(answer: CacheAnswer, selecting: Selecting): CacheAnswer | undefined {
  const selected = selectFromPartial(questionOf(answer, selecting))
  return selected.kind === 'outside' ? undefined : shareOf(answer, selected)
}

function questionOf(answer: CacheAnswer, selecting: Selecting): Parameters<typeof selectAnswer>[0] {
  const { status, headers, body, ageMs } = answer
  return {
    ...selecting,
    answer: { status, headers, sizeBytes: body.sizeBytes },
    confirmedAtMs: selecting.nowMs - ageMs,
  }
}

function shareOf(answer: CacheAnswer, selected: SelectedAnswer): CacheAnswer {
  switch (selected.kind) {
    case 'as-is':
      return answer
    case 'not-modified':
      return withoutBody(answer, 304, selected.headers)
    case 'precondition-failed':
      return withoutBody(answer, 412, [['Content-Length', '0']])
    case 'unsatisfiable':
      return withoutBody(answer, 416, [...selected.headers, ['Content-Length', '0']])
    case 'partial': {
      const { start, end, headers } = selected
      return { ...answer, status: 206, statusText: undefined, headers, body: slice(answer.body, start, end) }
    }
    default:
      return assertNever(selected)
  }
}

function withoutBody(answer: CacheAnswer, status: number, headers: CacheAnswer['headers']): CacheAnswer {
  answer.body.discard()
  return { ...answer, status, statusText: undefined, headers, body: EMPTY_BODY }
}

/** The bytes from `start` to `end`, both included. */
function slice(body: AnswerBody, start: number, end: number): AnswerBody {
  const { whole } = body
  if (whole !== undefined && !whole.isRemote) {
    body.discard()
    return new EntryBody(whole.bytes().subarray(start, end + 1))
  }
  return {
    sizeBytes: end - start + 1,
    whole: undefined,
    reading: body.reading,
    stream: () => lettingGo(sliceOf(body.stream(), start, end), () => body.discard()),
    async gather() {
      const pieces: Uint8Array[] = []
      for await (const piece of sliceOf(body.stream(), start, end)) pieces.push(piece)
      return new EntryBody(Buffer.concat(pieces))
    },
    discard: () => body.discard(),
  }
}

async function* sliceOf(
  pieces: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const piece of pieces) {
    const from = Math.max(0, start - at)
    const until = Math.min(piece.byteLength, end + 1 - at)
    at += piece.byteLength
    if (from < until) yield piece.subarray(from, until)
    if (at > end) return
  }
}
