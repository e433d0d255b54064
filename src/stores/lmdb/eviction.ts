// Keeps the store within its bound. What has expired goes first; then, from random samples, what was used longest
// ago. No order of use is maintained, so a hit costs no write; sampling comes close to true LRU, as Redis does it:
// [1] https://redis.io/docs/latest/develop/reference/eviction/#apx-lru
// [2] Psounis, Prabhakar: "A randomized web-cache replacement scheme", INFOCOM 2001.
import { readCard } from './card.js'
import { AFTER_ALL, cardKey, expiryKey, keyOfCard, keyOfExpiry } from './keys.js'
import { takeOut } from './records.js'
import type { StoreState } from './state-record.js'
import type { Tables } from './tables.js'

/** Eviction goes on until this share of the bound. */
const LOW_WATER = 0.95
/** Where samples are taken, and how many neighbours each gives; a quarter of a sample goes. */
const SAMPLE_POINTS = 4
const NEIGHBOURS = 4
const VICTIM_SHARE = 4
const EXPIRED_AT_ONCE = 4
const NO_KEY = Buffer.alloc(0)

/** One bounded slice of eviction. */
export interface EvictionSlice {
  readonly maxBytes: number
  readonly nowMs: number
  /** The most records to remove in this slice. */
  readonly maxVictims: number
  /** The key that was just written and stays. */
  readonly spare?: Buffer
}

/** True when there is more to evict. */
function needsEviction(state: StoreState, maxBytes: number): boolean {
  return state.liveBytes > (state.isEvicting ? maxBytes * LOW_WATER : maxBytes)
}

/**
 * Evicts one slice, inside a write transaction. It takes no sequence number: nothing became wrong, so other processes
 * may keep their copies.
 */
export function evictSlice(tables: Tables, before: StoreState, slice: EvictionSlice): StoreState {
  if (!needsEviction(before, slice.maxBytes)) {
    return before.isEvicting ? { ...before, isEvicting: false } : before
  }
  let state: StoreState = { ...before, isEvicting: true }
  let victims = 0
  const goal = slice.maxBytes * LOW_WATER
  while (victims < slice.maxVictims && state.liveBytes > goal && state.entries > 1) {
    const chosen = nextVictims(tables, slice)
    for (const { key, expiryRow } of chosen) {
      victims += 1
      state = takeOut(tables, state, key)
      // A place in the order of expiry that no record's card knows of would come up again and again.
      if (expiryRow !== undefined) tables.expiry.remove(expiryRow)
      if (state.liveBytes <= goal) break
    }
    if (chosen.length === 0) break
  }
  return { ...state, isEvicting: state.liveBytes > goal }
}

interface Victim {
  readonly key: Buffer
  readonly expiryRow?: Buffer
}

function nextVictims(tables: Tables, slice: EvictionSlice): readonly Victim[] {
  const isSpared = (key: Buffer): boolean => slice.spare?.equals(key) ?? false
  const expired = tables.expiry
    .keys({ end: expiryKey(slice.nowMs, AFTER_ALL), limit: EXPIRED_AT_ONCE })
    .map((expiryRow) => ({ key: keyOfExpiry(expiryRow).key, expiryRow }))
    .filter(({ key }) => !isSpared(key))
  if (expired.length > 0) return expired
  const sample = new Map<string, { readonly key: Buffer; readonly usedAtSeconds: number }>()
  for (let point = 0; point < SAMPLE_POINTS; point += 1) {
    for (const { key: row, value } of sampleRows(tables)) {
      const key = keyOfCard(row)
      if (isSpared(key)) continue
      sample.set(key.toString('latin1'), {
        key,
        usedAtSeconds: readCard(tables.envelope, row, value)?.usedAtSeconds ?? 0,
      })
    }
  }
  // Points that lie close together give fewer than they might; still only a quarter goes.
  return [...sample.values()]
    .sort((left, right) => left.usedAtSeconds - right.usedAtSeconds)
    .slice(0, Math.ceil(sample.size / VICTIM_SHARE))
}

function sampleRows(tables: Tables): { readonly key: Buffer; readonly value: Buffer }[] {
  const start = cardKey(NO_KEY)
  start.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 0)
  const rows = tables.cards.rows({ start, limit: NEIGHBOURS })
  return rows.length > 0 ? rows : tables.cards.rows({ limit: NEIGHBOURS })
}
