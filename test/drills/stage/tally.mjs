// What the callers of one process saw: outcomes, errors, waits, and every answer that should not have been.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { wrongIn } from './content.mjs'

const KEPT_WRONGS = 20
/** Answers remembered for floors that become known a moment later. */
const KEPT_ANSWERS = 20_000

/** Makes the counters of one lap. */
function emptyLap() {
  return {
    calls: 0,
    outcomes: {},
    errors: {},
    tiers: {},
    slowestMs: 0,
    slowest: '',
    slowestHitMs: 0,
    stalledMs: 0,
    waits: {},
    late: [],
    wrongs: 0,
    wrong: [],
  }
}

/** Counts what callers see. A floor says: calls under a prefix that begin at or after an instant see at least a version. */
export function createTally(floors) {
  const stalls = monitorEventLoopDelay({ resolution: 10 })
  stalls.enable()
  let recent = []
  let lap = emptyLap()

  function addWrong(fault, path, detail) {
    lap.wrongs += 1
    if (lap.wrong.length < KEPT_WRONGS) lap.wrong.push({ fault, path, detail })
  }

  function noteWait(tookMs, how) {
    const step = waitStep(tookMs)
    lap.waits[step] = (lap.waits[step] ?? 0) + 1
    if (tookMs <= lap.slowestMs) return
    lap.slowestMs = tookMs
    lap.slowest = how
  }

  function holdAgainstFloor({ path, version, startedAtMs, outcome, because }, floor) {
    if (!isUnder(path, floor.prefix) || startedAtMs < floor.fromMs || version >= floor.version) return
    lap.late.push({
      path,
      lateMs: startedAtMs - floor.fromMs,
      detail: `version ${version} (${outcome}, ${because})`,
    })
  }

  return {
    /** One answered call. */
    answered({ path, door, startedAtMs, tookMs, answer }) {
      const { data, status, outcome, because, tier, ageMs, ttlMs } = answer
      lap.calls += 1
      noteWait(tookMs, `${door} ${path}: ${outcome}, ${because}`)
      if (outcome === 'hit') lap.slowestHitMs = Math.max(lap.slowestHitMs, tookMs)
      const isAnswer = status < 400 && outcome !== 'failed'
      const word = isAnswer ? outcome : `answered ${status}`
      const counts = isAnswer ? lap.outcomes : lap.errors
      counts[word] = (counts[word] ?? 0) + 1
      lap.tiers[tier] = (lap.tiers[tier] ?? 0) + 1
      if (!(ageMs >= 0)) addWrong('negative-age', path, `${ageMs} ms`)
      if (!Number.isFinite(ttlMs)) addWrong('no-ttl', path, `${ttlMs}`)
      if (!isAnswer) return
      const fault = wrongIn(path, data)
      if (fault !== undefined) return void addWrong(fault, path, `${outcome}, ${because}, ${tier}`)
      const seen = { path, version: data.version, startedAtMs, outcome, because }
      for (const floor of floors) holdAgainstFloor(seen, floor)
      recent.push(seen)
      if (recent.length > KEPT_ANSWERS) recent = recent.slice(KEPT_ANSWERS / 2)
    },
    /** One call that was answered with an error. One without a code of ours is wrong in itself. */
    failed({ path, door, tookMs, error }) {
      lap.calls += 1
      const cause = error?.code?.startsWith?.('CACHETTE_') ? error : error?.cause
      const code = cause?.code
      const word =
        typeof code === 'string' && code.startsWith('CACHETTE_') ? code : (givenUp(error) ?? 'untyped')
      noteWait(tookMs, `${door} ${path}: ${word}`)
      lap.errors[word] = (lap.errors[word] ?? 0) + 1
      if (word === 'given-up')
        addWrong('no-end', path, `given up by the caller after ${Math.round(tookMs)} ms`)
      if (word === 'untyped') addWrong('untyped-error', path, String(error?.stack ?? error).slice(0, 400))
    },
    /** Holds the answers of the last moments against a floor that has just become known. */
    lookBack(floor) {
      for (const seen of recent) holdAgainstFloor(seen, floor)
    },
    /**
     * What was counted since the last lap. A purged answer is wrong where it came later than a program can be excused that
     * could not get round to hearing of the purge.
     */
    takeLap() {
      const stalledMs = stalls.max / 1e6
      for (const { path, lateMs, detail } of lap.late) {
        if (lateMs > stalledMs) addWrong('purged', path, `${detail}, ${lateMs} ms late`)
      }
      const { late: _late, ...taken } = lap
      lap = emptyLap()
      stalls.reset()
      return { ...taken, stalledMs }
    },
  }
}

/** A drill's callers give up what seems never to end. */
function givenUp(error) {
  const isOurs = error?.name === 'TimeoutError' || error?.cause?.name === 'TimeoutError'
  return isOurs ? 'given-up' : undefined
}

/** Waits are counted in steps of a tenth each, from a hundredth of a millisecond on. */
function waitStep(tookMs) {
  return Math.max(0, Math.ceil(Math.log(Math.max(tookMs, 0.01) / 0.01) / Math.log(1.1)))
}

/** One path, or a folder of them that ends with a slash. */
function isUnder(path, prefix) {
  return prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix
}
