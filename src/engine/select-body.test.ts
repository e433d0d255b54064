import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demandsOf } from '../http/request-demands.js'
import type { AnswerBody } from '../model/answer-body.js'
import type { CacheAnswer } from '../model/cache-answer.js'
import { NO_DEMANDS } from '../model/demands.js'
import { EntryBody } from '../model/entry-body.js'
import type { HeaderList } from '../model/header-list.js'
import { selectShare, selectShareOfPart } from './select-body.js'

const NOW_MS = Date.UTC(2026, 0, 15, 12)

function answerOf(body: AnswerBody, headers: HeaderList = [['ETag', '"1"']], status = 200): CacheAnswer {
  return {
    status,
    statusText: 'as sent',
    headers,
    body,
    outcome: 'hit',
    because: 'fresh',
    ageMs: 0,
    ttlMs: 1_000,
    tier: 'memory',
    url: 'https://api.example.com/',
    attempts: 0,
    key: 'k',
    isStored: false,
    originStatus: undefined,
    redirectedTo: undefined,
  }
}

/** A body that comes in pieces, and what became of it. */
function comingBody(bytes: Uint8Array, pieceBytes: number): AnswerBody & { readonly let: { go: number } } {
  const state = { go: 0 }
  return {
    sizeBytes: bytes.byteLength,
    whole: undefined,
    gather: () => Promise.reject(new Error('not as a whole')),
    async *stream() {
      try {
        for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
      } finally {
        state.go += 1
      }
    },
    discard: () => (state.go += 1),
    let: state,
  }
}

async function bytesOf(body: AnswerBody): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of body.stream()) pieces.push(piece)
  return Buffer.concat(pieces)
}

function share(answer: CacheAnswer, headers: HeaderList, method = 'GET'): CacheAnswer {
  return selectShare(answer, { method, demands: demandsOf(headers, 'default'), nowMs: NOW_MS })
}

const BYTES = Buffer.from(Array.from({ length: 1_000 }, (_, at) => (at * 7) % 256))

describe('the share of an answer', () => {
  it('is the very answer where nothing special was asked for', () => {
    const answer = answerOf(new EntryBody(BYTES))
    expect(selectShare(answer, { method: 'GET', demands: NO_DEMANDS, nowMs: NOW_MS })).toBe(answer)
  })

  it('is the very answer where it went past the cache', () => {
    const answer = { ...answerOf(new EntryBody(BYTES)), outcome: 'bypass' } as const
    expect(share(answer, [['range', 'bytes=0-1']])).toBe(answer)
  })

  it('is a 304 without a body where the caller has it, and what was coming is let go of', () => {
    const body = comingBody(BYTES, 10)
    const selected = share(answerOf(body), [['if-none-match', '"1"']])
    expect([selected.status, selected.statusText, selected.body.sizeBytes]).toEqual([304, undefined, 0])
    expect(body.let.go).toBe(1)
  })

  it('is a 416 without a body where the range is beyond it, and what was coming is let go of', () => {
    const body = comingBody(BYTES, 10)
    const selected = share(answerOf(body), [['range', 'bytes=1000-']])
    expect([selected.status, selected.body.sizeBytes, body.let.go]).toEqual([416, 0, 1])
    expect(selected.headers).toContainEqual(['Content-Range', 'bytes */1000'])
  })

  const range = fc
    .tuple(fc.nat({ max: 999 }), fc.nat({ max: 1_200 }))
    .map(([a, b]) => [a, Math.max(a, b)] as const)
  const forms = {
    whole: () => new EntryBody(BYTES),
    'in a tier': () =>
      new EntryBody({ sizeBytes: 1_000, chunks: () => [BYTES.subarray(0, 300), BYTES.subarray(300)] }),
    coming: (pieceBytes: number) => comingBody(BYTES, pieceBytes),
  }

  it.each(Object.entries(forms))(
    'holds exactly the bytes of the range, out of a body that is %s',
    async (_, make) => {
      await fc.assert(
        fc.asyncProperty(
          range,
          fc.integer({ min: 1, max: 400 }),
          fc.boolean(),
          async ([start, end], size, isGathered) => {
            const selected = share(answerOf(make(size)), [['range', `bytes=${start}-${end}`]])
            const wanted = BYTES.subarray(start, end + 1)
            expect(selected.status).toBe(206)
            const got = isGathered
              ? Buffer.from((await selected.body.gather()).bytes())
              : await bytesOf(selected.body)
            expect(Buffer.compare(got, wanted)).toBe(0)
            expect(selected.body.sizeBytes).toBe(wanted.byteLength)
            expect(selected.headers).toContainEqual(['Content-Length', String(wanted.byteLength)])
            expect(selected.headers).toContainEqual([
              'Content-Range',
              `bytes ${start}-${Math.min(end, 999)}/1000`,
            ])
          },
        ),
        { numRuns: 200 },
      )
    },
  )

  it.each([
    ['bytes=-1', 999, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=990-', 990, 999],
  ])('counts %s as HTTP does', async (text, start, end) => {
    const selected = share(answerOf(new EntryBody(BYTES)), [['range', text]])
    expect(Buffer.compare(await bytesOf(selected.body), BYTES.subarray(start, end + 1))).toBe(0)
  })

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-1', 'bytes=', 'bytes=a-b', 'bytes'])(
    'is all of it where the range is %s',
    (text) => {
      const answer = answerOf(new EntryBody(BYTES))
      expect(share(answer, [['range', text]])).toBe(answer)
    },
  )

  it('lets go of what was coming once the range is read, and where it is not wanted', async () => {
    const [read, unwanted] = [comingBody(BYTES, 10), comingBody(BYTES, 10)]
    await bytesOf(share(answerOf(read), [['range', 'bytes=3-25']]).body)
    share(answerOf(unwanted), [['range', 'bytes=3-25']]).body.discard()
    expect([read.let.go, unwanted.let.go]).toEqual([1, 1])
  })
})

describe('the share of a stored part', () => {
  const part = (): CacheAnswer =>
    answerOf(new EntryBody(BYTES.subarray(100, 200)), [['Content-Range', 'bytes 100-199/1000']], 206)
  const shareOfPart = (text: string): CacheAnswer | undefined =>
    selectShareOfPart(part(), {
      method: 'GET',
      demands: demandsOf([['range', text]], 'default'),
      nowMs: NOW_MS,
    })

  it('holds exactly the bytes of the range where it has them all, and nothing where it has not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 300 }), fc.nat({ max: 300 }), async (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)]
        const selected = shareOfPart(`bytes=${start}-${end}`)
        if (start < 100 || end > 199) {
          expect(selected).toBeUndefined()
          return
        }
        expect(selected?.status).toBe(206)
        expect(Buffer.compare(await bytesOf(selected!.body), BYTES.subarray(start, end + 1))).toBe(0)
        expect(selected?.headers).toContainEqual(['Content-Range', `bytes ${start}-${end}/1000`])
      }),
      { numRuns: 300 },
    )
  })

  it.each(['bytes=150-', 'bytes=-10', 'bytes=100-150,160-170'])(
    'is nothing where %s is asked for',
    (text) => {
      expect(shareOfPart(text)).toBeUndefined()
    },
  )
})
