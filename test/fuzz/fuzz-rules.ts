// What may be said of an answer, whatever a cache does: held against what the origin really gave.
import type { CacheReport } from '../../src/doors/fetch/cached-response.js'
import type { Allowance, Given } from './fuzz-origin.js'

/** Of declared services. */
export const TTL_SECONDS = 60
export const STALE_IF_ERROR_SECONDS = 600

/** One answer as its caller got it. */
export interface Got {
  readonly path: string
  readonly method: string
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Before the call, by the origin's count and by the monotonic clock. */
  readonly startTick: number
  readonly startMs: number
  /** When the headers were there. */
  readonly answeredMs: number
  readonly status: number
  readonly headers: Headers
  readonly report: CacheReport
  /** What came of the body, and whether all of it did. */
  readonly body: Buffer
  readonly isWhole: boolean
}

/** What the cache was told and when, by the origin's count. */
export interface Rulings {
  readonly cacheType: 'private' | 'shared'
  /** Declared services keep what they may for {@link TTL_SECONDS}, whatever the origin says of freshness. */
  readonly freshness: 'http' | 'ttl'
  /** The last time that a URL was purged, hard and softly. */
  readonly purged: ReadonlyMap<string, number>
  readonly softlyPurged: ReadonlyMap<string, number>
}

/** @throws Error that names the rule that was broken */
export function holdAgainst(got: Got, given: readonly Given[], rulings: Rulings): void {
  const serial = got.headers.get('x-serial')
  const record = serial === null ? undefined : given[Number(serial)]
  const fail = (rule: string): never => {
    throw new Error(
      `${rule}\n${describeGot(got)}\n${record === undefined ? 'nothing given' : describeGiven(record)}`,
    )
  }
  if (record === undefined) {
    // A 304, a 412, a 416 or a 504 of the cache's own, or the origin's 304.
    if (![304, 412, 416, 504].includes(got.status) && got.method === 'GET') fail('an answer that nobody gave')
    return
  }
  record.deliveries += 1
  checkContent(got, record, fail)
  checkSelection(got, record, fail)
  checkReuse(got, record, rulings, fail)
}

type Fail = (rule: string) => never

function checkContent(got: Got, record: Given, fail: Fail): void {
  if (record.path !== got.path) fail('an answer of another URL')
  if (got.status === 304 || got.status === 412 || got.status === 416 || got.method === 'HEAD') return
  const [, from, to] = /^bytes (\d+)-(\d+)\//.exec(got.headers.get('content-range') ?? '') ?? []
  if ((got.status === 206) !== (from !== undefined)) fail('a part without its place')
  if (got.status !== 206 && got.status !== record.status) fail('another status')
  const wanted = from === undefined ? record.body : record.body.subarray(Number(from), Number(to) + 1)
  const isRight = got.isWhole
    ? got.body.equals(wanted)
    : got.body.equals(wanted.subarray(0, got.body.byteLength))
  if (!isRight) fail('other bytes than were given')
  if (got.isWhole && got.headers.has('content-length')) {
    if (Number(got.headers.get('content-length')) !== got.body.byteLength)
      fail('another length than the body has')
  }
}

function checkSelection(got: Got, record: Given, fail: Fail): void {
  for (const name of ['authorization', 'cookie'] as const)
    if (record.requestHeaders[name] !== got.requestHeaders[name]) fail(`an answer for another ${name}`)
  for (const name of record.vary)
    if (name !== '*' && record.requestHeaders[name] !== got.requestHeaders[name]) fail('another variant')
}

/** May it have been given to this caller, at this moment? */
function checkReuse(got: Got, record: Given, rulings: Rulings, fail: Fail): void {
  const { cacheType, freshness } = rulings
  const isTtl = freshness === 'ttl'
  const [first] = record.words
  const words = record.words.filter(({ atMs }) => atMs <= got.answeredMs)
  const last = words.at(-1) ?? first!
  const isNew = last.tick > got.startTick
  const isForOne =
    first!.allowance.noStore === true ||
    record.vary.includes('*') ||
    (!isTtl && cacheType === 'shared' && first!.allowance.isPrivate === true)
  // Failures of declared services are shared with those who wait for the same.
  if (isForOne && record.deliveries > 1 && got.report.outcome !== 'failed')
    fail('one caller\u2019s, given twice')
  const asked = got.requestHeaders['cache-control'] ?? ''
  if (/no-store/.test(asked) && !isNew) fail('an older answer for who wanted nothing stored')
  if (isNew) return
  const purgedTick = rulings.purged.get(got.path) ?? -1
  if (got.startTick > purgedTick && purgedTick > first!.tick && last.tick < purgedTick)
    fail('a purged answer')
  const softTick = rulings.softlyPurged.get(got.path) ?? -1
  const isSoft = got.startTick > softTick && last.tick < softTick
  if (got.report.outcome === 'hit' && isSoft) fail('a softly purged answer as a hit')
  const isForced = got.requestHeaders['x-mode'] === 'force-cache'
  const isJoined = got.report.outcome === 'coalesced' && last.atMs >= got.startMs
  if (/no-cache/.test(asked) && !isForced && !isJoined && got.report.outcome !== 'rescued')
    fail('an older answer for who wanted a new one')
  // Which of the words reached which of the copies is the cache's affair.
  const reasons = words.map((word) => objectionTo(got, record, word, rulings))
  if (!reasons.includes(undefined)) fail(reasons.at(-1) ?? 'an answer without a word')
}

type Word = Given['words'][number]

/** What there is to say against an answer that rests on one word of the origin; undefined where nothing is. */
function objectionTo(got: Got, record: Given, word: Word, rulings: Rulings): string | undefined {
  const { cacheType, freshness } = rulings
  const isTtl = freshness === 'ttl'
  const { outcome, because } = got.report
  const allowance: Allowance = isTtl ? TTL_ALLOWANCE : word.allowance
  const lifetime = lifetimeOf(record, allowance, cacheType)
  const ageSeconds = (got.answeredMs - word.atMs) / 1_000 + (isTtl ? 0 : record.ageSeconds)
  const isFresh = ageSeconds < lifetime && allowance.noCache !== true
  const isForbidden = allowance.mustRevalidate === true || allowance.noCache === true
  if (outcome === 'rescued') {
    const isImplied = cacheType === 'shared' && allowance.sharedMaxAge !== undefined
    const isSaid = !isForbidden && ageSeconds < lifetime + (allowance.staleIfError ?? 0)
    const isAway = !isTtl && because === 'origin-unreachable' && !isForbidden && !isImplied
    return isFresh || isSaid || isAway ? undefined : 'an unallowed rescue'
  }
  const asked = got.requestHeaders['cache-control'] ?? ''
  const maxAge = Number(/max-age=(\d+)/.exec(asked)?.[1] ?? Number.POSITIVE_INFINITY)
  if (outcome === 'hit' && ageSeconds > maxAge) return 'an answer older than was asked for'
  if (isFresh || got.requestHeaders['x-mode'] === 'force-cache') return undefined
  // Who joined a call that was under way has what came of it.
  if (outcome === 'coalesced' && word.atMs >= got.startMs) return undefined
  const staleUntil = lifetime + (allowance.staleWhileRevalidate ?? 0)
  if (outcome === 'stale' && !isForbidden && ageSeconds < staleUntil) return undefined
  return `an answer of ${ageSeconds} s where ${lifetime} s are allowed`
}

const TTL_ALLOWANCE = { maxAge: TTL_SECONDS, staleIfError: STALE_IF_ERROR_SECONDS }
const MAX_GUESS_SECONDS = 86_400

/** At most: how long it may be used without asking, in seconds from when it was made. */
function lifetimeOf(
  { status, etag }: Given,
  { maxAge, sharedMaxAge }: Allowance,
  cacheType: 'private' | 'shared',
): number {
  const said = cacheType === 'shared' ? (sharedMaxAge ?? maxAge) : maxAge
  if (said !== undefined) return said
  return etag === undefined && (status === 200 || status === 404 || status === 206) ? MAX_GUESS_SECONDS : 0
}

function describeGot(got: Got): string {
  const { body, headers, ...rest } = got
  return `got ${JSON.stringify({ ...rest, bytes: body.byteLength, headers: Object.fromEntries(headers) })}`
}

function describeGiven(record: Given): string {
  return `given ${JSON.stringify({ ...record, body: record.body.byteLength })}`
}
