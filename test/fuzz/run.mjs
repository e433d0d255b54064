// Lives through random seeds for some minutes, or through one again:
//   node test/fuzz/run.mjs --minutes 5
//   node test/fuzz/run.mjs --seed 1234
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'

register()
// A clock that leaps makes stores tell of bodies that came too slowly.
process.removeAllListeners('warning')
const { fuzzSeed } = await import('./fuzz.ts')

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    failures: { type: 'string', default: '1' },
  },
})
const untilMs = performance.now() + Number(values.minutes) * 60_000
const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed)
const outcomes = {}
let seeds = 0
let calls = 0
let failures = 0
for (let seed = first; ; seed += 1) {
  try {
    const report = await fuzzSeed(seed, Number(values.rounds))
    calls += report.calls
    for (const [outcome, count] of Object.entries(report.outcomes))
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count
  } catch (error) {
    failures += 1
    console.error(error.message)
    if (failures >= Number(values.failures)) break
  }
  seeds += 1
  if (values.seed !== undefined || performance.now() > untilMs) break
}
console.log(JSON.stringify({ seeds, calls, failures, outcomes }))
process.exitCode = failures > 0 ? 1 : 0
