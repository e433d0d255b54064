// Tallies by service, packed: most latency buckets are empty, so only the others are written. Pure.
import { LATENCY_BUCKETS, type Tally } from '../../model/ledger.js'
import { OUTCOMES } from '../../model/outcome.js'
import { emptyTally, type Tallies } from '../../model/tally.js'
import { createByteReader, type ByteReader } from './byte-reader.js'
import { createByteWriter, type ByteWriter } from './byte-writer.js'
import type { Envelope } from './envelope.js'

/** A row of the ledger: the totals with their epoch, or one minute. */
export interface LedgerRow {
  readonly epoch: number
  readonly sinceMs: number
  readonly services: Tallies
}

/** Packs a row. */
export function encodeLedgerRow(envelope: Envelope, storeKey: Uint8Array, row: LedgerRow): Uint8Array {
  const writer = createByteWriter()
  const services = Object.entries(row.services)
  writer.integer(row.epoch)
  writer.float64(row.sinceMs)
  writer.integer(OUTCOMES.length)
  writer.integer(services.length)
  writer.strings(services.map(([service]) => service))
  for (const [, tally] of services) writeTally(writer, tally)
  // Figures that earlier versions did not have stand after all that they knew.
  for (const [, tally] of services) writer.integer(tally.drifts)
  return envelope.seal('tallies', storeKey, writer.finish())
}

/** Unpacks a row; undefined where it is damaged or newer. */
export function decodeLedgerRow(
  envelope: Envelope,
  storeKey: Uint8Array,
  sealed: Uint8Array,
): LedgerRow | undefined {
  const opened = envelope.open('tallies', storeKey, sealed)
  if (opened.state !== 'whole') return undefined
  try {
    return readRow(createByteReader(opened.payload))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readRow(reader: ByteReader): LedgerRow {
  const epoch = reader.integer()
  const sinceMs = reader.float64()
  const outcomes = reader.integer()
  const names = reader.strings(reader.integer())
  const tallies = names.map((name) => [name, readTally(reader, outcomes)] as const)
  const complete = tallies.map(([name, tally]) => [
    name,
    reader.hasMore() ? { ...tally, drifts: reader.integer() } : tally,
  ])
  return { epoch, sinceMs, services: Object.fromEntries(complete) as Tallies }
}

function writeTally(writer: ByteWriter, tally: Tally): void {
  for (const outcome of OUTCOMES) writer.integer(tally.outcomes[outcome])
  writer.integer(tally.originCalls)
  writer.float64(tally.savedMs)
  writer.float64(tally.savedBytes)
  writeLatency(writer, tally.hitLatency)
  writeLatency(writer, tally.missLatency)
}

function readTally(reader: ByteReader, outcomeCount: number): Tally {
  const outcomes = { ...emptyTally().outcomes }
  for (let index = 0; index < outcomeCount; index += 1) {
    const outcome = OUTCOMES[index]
    const count = reader.integer()
    if (outcome !== undefined) outcomes[outcome] = count
  }
  return {
    outcomes,
    originCalls: reader.integer(),
    savedMs: reader.float64(),
    savedBytes: reader.float64(),
    drifts: 0,
    hitLatency: readLatency(reader),
    missLatency: readLatency(reader),
  }
}

function writeLatency(writer: ByteWriter, counts: readonly number[]): void {
  const filled = [...counts.entries()].filter(([, count]) => count > 0)
  writer.integer(filled.length)
  for (const [bucket, count] of filled) {
    writer.integer(bucket)
    writer.integer(count)
  }
}

function readLatency(reader: ByteReader): readonly number[] {
  const counts = new Array<number>(LATENCY_BUCKETS).fill(0)
  for (let left = reader.integer(); left > 0; left -= 1) {
    const bucket = reader.integer()
    const count = reader.integer()
    if (bucket < LATENCY_BUCKETS) counts[bucket] = count
  }
  return counts
}
