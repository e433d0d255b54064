// The one record that every write transaction reads and writes: the sequence number that all processes share, and
// the counts behind the size bound.
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import { readCard } from './card.js'
import { numberOfKey } from './keys.js'
import type { BareTables, Tables } from './tables.js'
import { unfinishedBytes } from './unfinished-bodies.js'

/** The layout of the tables; a store with a higher one belongs to a newer version. */
export const LAYOUT_VERSION = 1

/** What all processes on a store share. */
export interface StoreState {
  readonly layout: number
  /** The number of the last write, removal or mark. */
  readonly sequence: number
  /** The number of the last mark. */
  readonly lastMark: number
  readonly entries: number
  /** What records occupy, in bytes. */
  readonly liveBytes: number
  /** True from when the bound was passed until eviction has gone some way below it. */
  readonly isEvicting: boolean
}

/** A store without anything in it. */
export const EMPTY_STATE: StoreState = Object.freeze({
  layout: LAYOUT_VERSION,
  sequence: 0,
  lastMark: 0,
  entries: 0,
  liveBytes: 0,
  isEvicting: false,
})

const STATE_KEY = Buffer.from('state')
/** Stores of earlier versions have no such row. */
const FORGOTTEN_KEY = Buffer.from('forgotten')

/** Whether there is a store at all, whoever can read it. */
export function isBegun(tables: BareTables): boolean {
  return tables.state.peek(STATE_KEY) !== undefined || tables.heads.keys({ limit: 1 }).length > 0
}

/** The state; undefined where there is none, or it is damaged. */
export function readState(tables: Tables): StoreState | undefined {
  const sealed = tables.state.peek(STATE_KEY)
  if (sealed === undefined) return undefined
  const opened = tables.envelope.open('state', STATE_KEY, sealed)
  if (opened.state !== 'whole') return undefined
  const reader = createByteReader(opened.payload)
  return {
    layout: reader.integer(),
    sequence: reader.integer(),
    lastMark: reader.integer(),
    entries: reader.integer(),
    liveBytes: reader.integer(),
    isEvicting: reader.byte() === 1,
  }
}

/** Writes the state, inside a write transaction. */
export function putState(tables: Tables, state: StoreState): void {
  const writer = createByteWriter()
  writer.integer(state.layout)
  writer.integer(state.sequence)
  writer.integer(state.lastMark)
  writer.integer(Math.max(0, state.entries))
  writer.integer(Math.max(0, state.liveBytes))
  writer.byte(state.isEvicting ? 1 : 0)
  tables.state.put(STATE_KEY, tables.envelope.seal('state', STATE_KEY, writer.finish()))
}

/** The number of the last mark that was forgotten; 0 for none. */
export function readForgotten(tables: Tables): number {
  const sealed = tables.state.peek(FORGOTTEN_KEY)
  if (sealed === undefined) return 0
  const opened = tables.envelope.open('state', FORGOTTEN_KEY, sealed)
  return opened.state === 'whole' ? createByteReader(opened.payload).integer() : 0
}

/** Notes that a mark was forgotten, inside a write transaction. */
export function putForgotten(tables: Tables, sequence: number): void {
  const writer = createByteWriter()
  writer.integer(Math.max(sequence, readForgotten(tables)))
  tables.state.put(FORGOTTEN_KEY, tables.envelope.seal('state', FORGOTTEN_KEY, writer.finish()))
}

/** The state inside a write transaction: counted anew where the record is damaged. */
export function stateForWriting(tables: Tables): StoreState {
  return readState(tables) ?? recountState(tables)
}

/** Counts what is there. The sequence goes on after the last change that is known. */
function recountState(tables: Tables): StoreState {
  const changes = tables.changes.keys({})
  const lastChange = changes.at(-1)
  const sequence = lastChange === undefined ? 0 : numberOfKey(lastChange) + 1
  let entries = 0
  let liveBytes = unfinishedBytes(tables)
  for (const { key, value } of tables.cards.rows({})) {
    entries += 1
    liveBytes += readCard(tables.envelope, key, value)?.chargeBytes ?? 0
  }
  return { ...EMPTY_STATE, sequence, lastMark: sequence, entries, liveBytes }
}
