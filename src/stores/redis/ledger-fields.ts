// Tallies as fields of a hash, so that the server adds them up: one field per service and count. Pure.
import { LATENCY_BUCKETS, type Tally } from '../../model/ledger.js'
import { OUTCOMES } from '../../model/outcome.js'
import { emptyTally, type Tallies } from '../../model/tally.js'

/** Stands between the name of a service and that of a count; no service has it in its name. */
const BETWEEN = '\n'

/** A mutable tally. */
type Counts = { -readonly [Name in keyof Tally]: Tally[Name] }

/** What is to be added, as name and number in turn; counts of nothing are left out. */
export function fieldsOf(services: Tallies): readonly string[] {
  return Object.entries(services).flatMap(([service, tally]) =>
    [...countsOf(tally)]
      .filter(([, count]) => count !== 0)
      .flatMap(([name, count]) => [`${service}${BETWEEN}${name}`, String(count)]),
  )
}

/** Tallies out of the fields of a hash, name and number in turn; what is not known here is passed over. */
export function talliesOf(fields: readonly unknown[]): Tallies {
  const tallies = new Map<string, Counts>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const text = String(fields[at])
    const end = text.lastIndexOf(BETWEEN)
    if (end < 0) continue
    const service = text.slice(0, end)
    const tally = tallies.get(service) ?? { ...emptyTally() }
    tallies.set(service, tally)
    put(tally, text.slice(end + 1), Number(String(fields[at + 1])))
  }
  return Object.fromEntries(tallies)
}

/** Counts that are whole numbers, and sums that may not be. */
const SUMS = ['originCalls', 'savedMs', 'savedBytes', 'drifts'] as const

function* countsOf(tally: Tally): Iterable<readonly [string, number]> {
  for (const outcome of OUTCOMES) yield [`o:${outcome}`, tally.outcomes[outcome]]
  for (const name of SUMS) yield [name, tally[name]]
  for (const [bucket, count] of tally.hitLatency.entries()) yield [`h:${bucket}`, count]
  for (const [bucket, count] of tally.missLatency.entries()) yield [`m:${bucket}`, count]
}

function put(tally: Counts, name: string, count: number): void {
  const [kind, rest = ''] = name.split(':')
  const outcome = OUTCOMES.find((known) => known === rest)
  const sum = SUMS.find((known) => known === name)
  if (kind === 'o' && outcome !== undefined) tally.outcomes = { ...tally.outcomes, [outcome]: count }
  else if (kind === 'h') tally.hitLatency = withCount(tally.hitLatency, Number(rest), count)
  else if (kind === 'm') tally.missLatency = withCount(tally.missLatency, Number(rest), count)
  else if (sum !== undefined) tally[sum] = count
}

function withCount(counts: readonly number[], bucket: number, count: number): readonly number[] {
  return bucket < LATENCY_BUCKETS ? counts.with(bucket, count) : counts
}
