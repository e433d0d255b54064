// The shared state as this process knows it: what it heard on the channel of changes, and the scripts that change it. While
// the link is open and was heard of less than a second ago, what is asked of it is answered at once, out of memory.
//
// How a process gets to know: it hears the channel, and each message carries the number logged before it. Where one is
// missing, or after a connection was lost, the log of changes tells the rest; where that does not reach back, everything may have
// changed. A beat twice a second makes sure that the server is still there, has the same data set, and that nothing was missed.
import { randomBytes } from 'node:crypto'
import type { Mark, MarkScope } from '../../model/mark.js'
import type { Clock } from '../../shared/clock.js'
import { scopeOf } from '../mark-table.js'
import { createHeard, type Heard, type LoggedChange } from './heard.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import { callScript, type Script } from './link/script.js'
import type { Session } from './link/session.js'
import { type Lock, tellsOfKey } from './lock.js'
import { changesOf, messageOf, numberOf } from './logged-changes.js'
import { markFromLog, markFromRow, markRowId, sealMark, type MarkContent } from './mark-row.js'
import { ADMIT, BEGIN, COMMIT, FORGET, FORGET_MARKS, MARK, RENEW } from './state-scripts.js'

/** What the shared state needs. */
export interface SharedStateParts {
  readonly names: KeyNames
  readonly clock: Clock
  readonly lock: Lock
  /** The link, once there is one: it needs {@link SharedState.catchUp} to open. */
  readonly link: () => Link
  /** Told when the data set turned out to be another one than before. */
  readonly onLoss: (session: Session) => Promise<void>
}

/** A record as the index has it. */
export interface IndexedRecord {
  readonly key: string
  readonly removeAtMs: number
  readonly sizeBytes: number
}

/** A key under which nothing stands. */
export interface GoneKey {
  readonly key: string
  /** The number of what stood there: what was written under a higher one is not gone. */
  readonly number: number
}

/** The shared state. */
export interface SharedState {
  /** Hears what happens from now on, and finds out what was missed. */
  catchUp(session: Session): Promise<void>
  /** What was heard, at once where that is young enough, else after asking. Rejects where the server is away. */
  known<Result>(read: (heard: Heard) => Result): Result | Promise<Result>
  /** A number for a record, and every mark drawn before it heard. */
  admit(key: string): Promise<number>
  /** Says that a record was written under a number. */
  commit(record: IndexedRecord, number: number): Promise<void>
  /** The numbers under which keys stand in the index; 0 for those that do not. */
  indexed(keys: readonly string[]): Promise<readonly number[]>
  /** Takes keys out of the index, unless they were written anew, and says so to others or not. */
  forget(keys: readonly GoneKey[], options: { readonly isChange: boolean }): Promise<void>
  addMark(content: MarkContent): Promise<Mark>
  forgetMarks(marks: readonly Mark[]): Promise<void>
  stop(): void
}

/** How old what was heard may be before the server is asked. */
const FRESH_FOR_MS = 1_000
const BEAT_EVERY_MS = 400
/** The most keys that one call takes out of the index. */
const FORGOTTEN_AT_ONCE = 500
/** Marks that are sent together when they are drawn anew. */
const REDRAWN_AT_ONCE = 250

/** Makes the shared state of a store. */
export function createSharedState(parts: SharedStateParts): SharedState {
  const { names, clock, lock, link } = parts
  const heard = createHeard((payload, number) => markFromLog(lock.envelope, payload, number))
  const stateKeys = [names.state, names.changes]
  const indexKeys = [...stateKeys, names.names, names.coming, names.expiry, names.sizes]
  let dataset = ''
  /** Whether a data set went back, and not all marks were drawn anew since: the link may end in between. */
  let isBehind = false
  let heardAtMs = -Infinity
  let cancelBeat: () => void = () => undefined
  let isStopped = false
  /** Messages that came while the log was being read. */
  let waiting: LoggedChange[] | undefined
  let closingGap: Promise<void> | undefined
  let beating: Promise<void> | undefined

  function noteAlive(): void {
    heardAtMs = clock.monotonicMs()
  }

  /** Whether the store was put under a key while this process found out what it missed. */
  let isKeyTold = false

  function onMessage(message: Buffer): void {
    noteAlive()
    if (tellsOfKey(message)) return onKey(message)
    const change = messageOf(message)
    if (change === undefined) return
    if (waiting !== undefined) waiting.push(change)
    else if (!heard.take(change)) void closeGap().catch(() => undefined)
  }

  /** Nothing is asked under the old key from here on, and no purge passed over that cannot be opened. */
  function onKey(message: Buffer): void {
    if (message.toString() === lock.message) return
    isKeyTold = true
    if (waiting === undefined) link().distrust('go on', new Error('the store was put under another key'))
  }

  function takeKeyTold(): boolean {
    const wasTold = isKeyTold
    isKeyTold = false
    return wasTold
  }

  /** Reads from the log what was missed, over the open link. */
  function closeGap(): Promise<void> {
    closingGap ??= readGap().finally(() => (closingGap = undefined))
    return closingGap
  }

  async function readGap(): Promise<void> {
    const rows = await link().talk('read changes', ['XRANGE', names.changes, `(${heard.last()}-0`, '+'])
    noteAlive()
    if (!takeAll(changesOf(rows))) link().distrust('read changes', new Error('changes are missing'))
  }

  function takeAll(changes: readonly LoggedChange[]): boolean {
    return changes.every((change) => heard.take(change))
  }

  /** Takes in what a script of this process' own logged, unless the channel told of it first. */
  async function takeOwn(change: LoggedChange): Promise<void> {
    noteAlive()
    if (waiting !== undefined) waiting.push(change)
    else if (!heard.take(change)) await closeGap()
  }

  async function call(
    operation: string,
    script: Script,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
  ): Promise<unknown> {
    return link().talkScript(operation, script, { keys, args: [dataset, names.channel, ...args] })
  }

  async function beat(): Promise<void> {
    // By the time the answer is taken in, more may have been heard than it tells of.
    const heardBefore = heard.last()
    const reply = await link().talk('beat', ['HMGET', names.state, 'dataset', 'logged'])
    const [set, logged] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
    if (String(set) !== dataset || numberOf(logged) < heardBefore) {
      return link().distrust('beat', new Error('the data set is another one'))
    }
    noteAlive()
    if (numberOf(logged) > heard.last()) await closeGap()
  }

  /** One question for all who want to know at the same time. */
  function beatNow(): Promise<void> {
    beating ??= beat().finally(() => (beating = undefined))
    return beating
  }

  function beatLater(): void {
    cancelBeat()
    if (isStopped) return
    cancelBeat = clock.setTimer(() => {
      const done = link().isOpen() ? beatNow() : Promise.resolve()
      // A beat that fails has closed the link, which says so.
      done.catch(() => undefined).finally(beatLater)
    }, BEAT_EVERY_MS)
  }

  async function marksAt({ talk }: Session): Promise<readonly Mark[]> {
    const rows = (await talk.send(['HGETALL', names.marks])) as readonly Buffer[]
    const marks: Mark[] = []
    for (let at = 0; at + 1 < rows.length; at += 2) {
      const [id, row] = [rows[at], rows[at + 1]]
      const mark = id && row ? markFromRow(lock.envelope, id.toString(), row) : undefined
      if (mark !== undefined) marks.push(mark)
    }
    return marks
  }

  /** The data set there is; a new one where there is none. A replica can be asked, and cannot begin one. */
  async function begin({ talk }: Session): Promise<readonly [string, number]> {
    const [set, logged] = (await talk.send(['HMGET', names.state, 'dataset', 'logged'])) as readonly unknown[]
    if (set !== null && set !== undefined) return [String(set), numberOf(logged)]
    const args = [randomBytes(12).toString('base64url'), String(heard.last())]
    return datasetOf(await callScript(talk.send, BEGIN, { keys: stateKeys, args }))
  }

  /** A data set that went back is given another name, so that every process notices, and goes on above what was heard. */
  async function renew({ talk }: Session, set: string): Promise<readonly [string, number]> {
    const args = [set, randomBytes(12).toString('base64url'), String(heard.last())]
    return datasetOf(await callScript(talk.send, RENEW, { keys: stateKeys, args }))
  }

  /**
   * What was purged stays purged: marks that this process knows and the data set does not are drawn anew, and all of them where
   * the numbers went back, since calls that began before may carry higher ones than the marks do. What was drawn anew before
   * an interruption stands above all that was heard, and is not drawn again.
   */
  async function redraw(session: Session, set: string): Promise<void> {
    const there = await marksAt(session)
    const idOf = (mark: Mark): string => markRowId(lock.rowNames(), mark)
    const ids = new Set(there.map(idOf))
    const missing = heard.marks.after().filter((mark) => !ids.has(idOf(mark)))
    const low = isBehind ? there.filter(({ sequence }) => sequence <= heard.last()) : []
    const redrawn = [...low, ...missing]
    const keys = [...stateKeys, names.marks]
    const draw = (mark: Mark): Promise<unknown> =>
      callScript(session.talk.send, MARK, { keys, args: [set, names.channel, ...markArgs(mark)] })
    for (let at = 0; at < redrawn.length; at += REDRAWN_AT_ONCE) {
      await Promise.all(redrawn.slice(at, at + REDRAWN_AT_ONCE).map(draw))
    }
  }

  function markArgs(content: MarkContent): readonly (string | Buffer)[] {
    const id = markRowId(lock.rowNames(), content)
    return [id, sealMark(lock.envelope, id, content), ...needlessFor(content)]
  }

  /** The rows that a new mark takes the place of. */
  function needlessFor({ scope, isSoft }: MarkContent): readonly string[] {
    const isOnAll = scope.all === true && Object.keys(scope).length === 1
    const own = markRowId(lock.rowNames(), { scope, isSoft })
    const rows = isOnAll
      ? heard.marks.after().filter((mark) => !isSoft || mark.isSoft)
      : isSoft
        ? []
        : [{ scope, isSoft: true }]
    return rows.map((mark) => markRowId(lock.rowNames(), mark)).filter((id) => id !== own)
  }

  async function beginAnew(session: Session): Promise<void> {
    const reply = (await session.talk.send([
      'HMGET',
      names.state,
      'logged',
      'lastMark',
    ])) as readonly unknown[]
    const marks = await marksAt(session)
    // Asked after the marks: one that was forgotten before it was read is told of here.
    const forgottenMark = numberOf(await session.talk.send(['HGET', names.state, 'forgottenMark']))
    heard.reset({ last: numberOf(reply[0]), lastMark: numberOf(reply[1]), forgottenMark, marks })
  }

  /** A data set counts as met only when all that it lost was told to it: whatever fails before is begun again by the next probe. */
  async function meet(session: Session): Promise<void> {
    const before = dataset
    let [set, logged] = await begin(session)
    const goesBack = before !== '' && logged < heard.last()
    isBehind ||= goesBack
    if (goesBack || (isBehind && set === before)) [set, logged] = await renew(session, set)
    if (set === before && takeAll(await logOf(session))) return
    if (before !== '' && set !== before) {
      await redraw(session, set)
      await parts.onLoss(session)
    }
    await beginAnew(session)
    dataset = set
    isBehind = false
  }

  async function logOf({ talk }: Session): Promise<readonly LoggedChange[]> {
    return changesOf(await talk.send(['XRANGE', names.changes, `(${heard.last()}-0`, '+']))
  }

  return {
    async catchUp(session) {
      waiting = []
      await session.talk.subscribe(names.channel, onMessage)
      // Heard from here on: whoever puts the store under a key after it was looked at is noticed.
      do {
        await lock.unlock(session)
        await meet(session)
      } while (takeKeyTold())
      const came = waiting
      waiting = undefined
      noteAlive()
      if (!takeAll(came) && !takeAll(await logOf(session))) throw new Error('changes are missing')
      beatLater()
    },

    known(read) {
      const isFresh = clock.monotonicMs() - heardAtMs <= FRESH_FOR_MS
      if (link().isOpen() && isFresh && closingGap === undefined) return read(heard)
      const asked = (closingGap ?? beatNow()).then(() => read(heard))
      // Whoever asked may not wait for it any more; whoever does is told.
      asked.catch(() => undefined)
      return asked
    },

    async admit(key) {
      const keys = [...stateKeys, names.names, names.coming]
      const args = [key, String(heard.lastMark()), String(heard.last())]
      const [number, hasMissed, rows] = (await call('take a number', ADMIT, keys, args)) as readonly unknown[]
      // What the channel told meanwhile is known already; a log that does not reach back is a gap.
      if (hasMissed === 1 && !takeAll(changesOf(rows))) await closeGap()
      return numberOf(number)
    },

    async commit({ key, removeAtMs, sizeBytes }, number) {
      const score = Number.isFinite(removeAtMs) ? String(removeAtMs) : removeAtMs > 0 ? '+inf' : '-inf'
      const args = [key, String(number), score, String(sizeBytes)]
      const logged = pairOf(await call('write', COMMIT, indexKeys, args))
      await takeOwn({ ...logged, kind: 'k', payload: Buffer.from(key) })
    },

    async indexed(keys) {
      const rows = (await link().talk('list', ['HMGET', names.sizes, ...keys])) as readonly unknown[]
      return rows.map((row) => (row === null ? 0 : numberOf(String(row).split(' ')[1])))
    },

    async forget(keys, { isChange }) {
      for (let at = 0; at < keys.length; at += FORGOTTEN_AT_ONCE) {
        const some = keys.slice(at, at + FORGOTTEN_AT_ONCE)
        const args = [isChange ? '1' : '0', ...some.flatMap(({ key, number }) => [key, String(number)])]
        const reply = await call('remove', FORGET, indexKeys, args)
        for (const [index, pair] of (reply as readonly unknown[]).entries()) {
          await takeOwn({ ...pairOf(pair), kind: 'k', payload: Buffer.from(some[index]?.key ?? '') })
        }
      }
    },

    async addMark(content) {
      const args = markArgs(content)
      const logged = pairOf(await call('purge', MARK, [...stateKeys, names.marks], args))
      const [id = '', sealed = ''] = args
      await takeOwn({
        ...logged,
        kind: 'm',
        payload: Buffer.concat([Buffer.from(id), SPACE, Buffer.from(sealed)]),
      })
      const scope: MarkScope = scopeOf(content.scope)
      return { scope, sequence: logged.number, atMs: content.atMs, isSoft: content.isSoft }
    },

    async forgetMarks(marks) {
      if (marks.length === 0) return
      const args = marks.flatMap((mark) => [markRowId(lock.rowNames(), mark), String(mark.sequence)])
      await call('forget purges', FORGET_MARKS, [...stateKeys, names.marks], args)
      heard.forgetMarks(marks)
    },

    stop() {
      isStopped = true
      cancelBeat()
    },
  }
}

const SPACE = Buffer.from(' ')

function pairOf(reply: unknown): { readonly before: number; readonly number: number } {
  const [before, number] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
  return { before: numberOf(before), number: numberOf(number) }
}

function datasetOf(reply: unknown): readonly [string, number] {
  const [dataset, logged] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
  return [String(dataset), numberOf(logged)]
}
