// The entries that drills write: everything follows from the key and a number, so that any reader can tell whether
// an entry is whole.
import { EntryBody } from '../../dist/model/entry-body.js'

/** The body of version `number` under a key: mostly about 10 kB, now and then several chunks long. */
export function drillBody(key, number) {
  const length = number % 25 === 0 ? 600_000 : 2_000 + ((number * 2_654_435_761) % 16_000)
  const line = `${key}#${number};`
  return new TextEncoder().encode(line.repeat(Math.ceil(length / line.length)))
}

/** Version `number` of the entry under a key. */
export function drillEntry(key, number) {
  const body = new EntryBody(drillBody(key, number))
  const nowMs = Date.now()
  return {
    kind: 'entry',
    key,
    service: 'drill',
    method: 'GET',
    url: `https://drill.example/${key}`,
    purgeUrl: `https://drill.example/${key}`,
    status: 200,
    headers: [['X-Number', String(number)]],
    storedAtMs: nowMs,
    confirmedAtMs: nowMs,
    initialAgeMs: 0,
    staleAtMs: nowMs + 3_600_000,
    removeAtMs: nowMs + 7_200_000,
    tags: [],
    hasCallTtl: false,
    originMs: 1,
    sizeBytes: body.sizeBytes,
    bodyId: `${key}#${number}#${process.pid}`,
    sequence: 0,
    body,
  }
}

/** The version that an entry holds, or NaN where it is not whole. */
export function versionOf(entry) {
  if (entry?.kind !== 'entry') return NaN
  const number = Number(entry.headers[0]?.[1])
  return Buffer.compare(entry.body.bytes(), drillBody(entry.key, number)) === 0 ? number : NaN
}

/** A tally with one miss. */
export function oneMiss() {
  const outcomes = {
    hit: 0,
    stale: 0,
    coalesced: 0,
    miss: 1,
    revalidated: 0,
    rescued: 0,
    failed: 0,
    bypass: 0,
  }
  const zeros = new Array(112).fill(0)
  return {
    outcomes,
    originCalls: 1,
    drifts: 0,
    savedMs: 0,
    savedBytes: 0,
    hitLatency: zeros,
    missLatency: zeros,
  }
}
