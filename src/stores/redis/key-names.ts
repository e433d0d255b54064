// The names of keys. What is changed together carries the hash tag `{prefix}` and so stands in one slot of a cluster; entries
// spread over all slots, and the chunks of one body stand together. Pure.

/** The names of keys under a prefix. */
export interface KeyNames {
  /** Sequence, data set and counts. */
  readonly state: string
  /** The last changes, in order. */
  readonly changes: string
  readonly marks: string
  /** Which marks a record has to be compared with, by what they cover. */
  readonly markLines: string
  /** Keys of records, in order. */
  readonly names: string
  /** Keys of records by `removeAtMs`. */
  readonly expiry: string
  /** What each record occupies, in bytes, and the number under which it was written. */
  readonly sizes: string
  /** Keys that somebody is about to write, and since when, in seconds by the server's clock. */
  readonly coming: string
  readonly secret: string
  readonly cellNames: string
  readonly ledger: string
  /** The names of services by the hashes that stand for them, where the store is encrypted. */
  readonly ledgerServices: string
  readonly ledgerMinutes: string
  /** What the names of minutes begin with. */
  readonly ledgerMinutePrefix: string
  /** The channel on which changes are told; pub/sub knows no databases, so the number is in its name. */
  readonly channel: string
  entry(key: string): string
  chunk(bodyId: string, index: number): string
  cell(name: string): string
  cellChannel(name: string): string
  ledgerMinute(minute: number): string
}

/** Makes the names for a prefix and the number of a database. */
export function createKeyNames(prefix: string, database: number): KeyNames {
  const meta = `${prefix}:{${prefix}}:`
  return {
    state: `${meta}state`,
    changes: `${meta}changes`,
    marks: `${meta}marks`,
    markLines: `${meta}mark-lines`,
    names: `${meta}names`,
    expiry: `${meta}expiry`,
    sizes: `${meta}sizes`,
    coming: `${meta}coming`,
    secret: `${meta}secret`,
    cellNames: `${meta}cells`,
    ledger: `${meta}ledger`,
    ledgerServices: `${meta}ledger-services`,
    ledgerMinutes: `${meta}ledger-minutes`,
    ledgerMinutePrefix: `${meta}ledger:`,
    channel: `${prefix}:${database}:changes`,
    entry: (key) => `${prefix}:e:${key}`,
    chunk: (bodyId, index) => `${prefix}:b:{${encodeURIComponent(bodyId)}}:${index}`,
    cell: (name) => `${meta}cell:${name}`,
    cellChannel: (name) => `${prefix}:${database}:cell:${name}`,
    ledgerMinute: (minute) => `${meta}ledger:${minute}`,
  }
}
