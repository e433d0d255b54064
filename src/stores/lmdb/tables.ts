// The tables of an LMDB store, as bytes to bytes. Writes count inside a transaction only.
import type { Database, RootDatabase } from 'lmdb'
import { createEnvelope, type Envelope } from '../codec/envelope.js'
import { createRowNames, type RowNames } from '../codec/row-names.js'

/** The tables, by name; the names are part of the format. */
const TABLE_NAMES = [
  /** The sequence number and the counts in one record, the key check in another. */
  'state',
  /** Record key → head of an entry, or vary node. */
  'heads',
  /** Body number and index → chunk. */
  'chunks',
  /** Random order and record key → what replacing and evicting need to know. */
  'cards',
  /** Instant of removal and record key → nothing. */
  'expiry',
  /** Sequence number → what it was given for. */
  'changes',
  /** Digest of scope and kind → mark. */
  'marks',
  /** Totals and minutes. */
  'ledger',
  /** The store's secret. */
  'secret',
  /** Body number → how far a body has come that belongs to no entry yet. */
  'unfinished',
  /** Name → a small value that processes change together, and until when it holds. */
  'cells',
] as const

/** Tables that stores of earlier versions lack; where nothing can be written they are empty. */
const LATER_TABLES: ReadonlySet<TableName> = new Set(['unfinished', 'cells'])

/** A table's name. */
export type TableName = (typeof TABLE_NAMES)[number]

/** A range of keys, `end` not included. */
export interface TableRange {
  readonly start?: Buffer
  readonly end?: Buffer
  readonly limit?: number
}

/** One table. */
export interface Table {
  /** The value, in memory that the next call on any table may overwrite. */
  peek(key: Buffer): Uint8Array | undefined
  put(key: Buffer, value: Uint8Array): void
  remove(key: Buffer): void
  /** Removes every row; takes about 25 ms per GB. */
  clear(): void
  /** Rows in key order, in memory of their own. */
  rows(range: TableRange): { readonly key: Buffer; readonly value: Buffer }[]
  keys(range: TableRange): Buffer[]
  count(): number
}

const EMPTY_TABLE: Table = Object.freeze({
  peek: () => undefined,
  put: () => undefined,
  remove: () => undefined,
  clear: () => undefined,
  rows: () => [],
  keys: () => [],
  count: () => 0,
})

/** All tables, with nothing to read them by. */
export type BareTables = Readonly<Record<TableName, Table>>

/** All tables, with what their records are sealed by and how rows are named in them. */
export interface Tables extends BareTables {
  readonly envelope: Envelope
  readonly names: RowNames
}

/** The options under which every table is opened. */
export const TABLE_OPTIONS = { encoding: 'binary', keyEncoding: 'binary' } as const

/** Opens the tables of an environment; undefined where it is read-only and has none. */
export function openTables(root: RootDatabase<Buffer, Buffer>): BareTables | undefined {
  const tables: Partial<Record<TableName, Table>> = {}
  for (const name of TABLE_NAMES) {
    const database: Database<Buffer, Buffer> | undefined = root.openDB<Buffer, Buffer>({
      name,
      ...TABLE_OPTIONS,
    })
    // The types leave out that a read-only environment may lack the table.
    const isMissing = (database as unknown) === undefined
    if (isMissing && !LATER_TABLES.has(name)) return undefined
    tables[name] = isMissing ? EMPTY_TABLE : createTable(database)
  }
  return tables as BareTables
}

/** The tables of a store without a key. */
export function plainTables(tables: BareTables): Tables {
  return { ...tables, envelope: createEnvelope(), names: createRowNames() }
}

function createTable(database: Database<Buffer, Buffer>): Table {
  return {
    peek(key) {
      const bytes = database.getBinaryFast(key)
      // The buffer is larger than the value; its `length` alone tells where the value ends.
      return bytes === undefined ? undefined : bytes.subarray(0, bytes.length)
    },
    put(key, value) {
      void database.put(key, value as Buffer)
    },
    remove(key) {
      void database.remove(key)
    },
    clear: () => database.clearSync(),
    rows: (range) => [...database.getRange(range)].map(({ key, value }) => ({ key: own(key), value })),
    keys: (range) => [...database.getKeys(range)].map(own),
    count: () => database.getKeysCount(),
  }
}

function own(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
