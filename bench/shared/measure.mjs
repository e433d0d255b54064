// Measures what one call costs: tight loops of awaited calls, the contenders in turn within every round.

/** How long one sample should take; a slow contender is sampled for at least `MIN_CALLS` calls. */
const SAMPLE_MS = 30
const MIN_CALLS = 8
const WARM_UP_MS = 1_000

/** The last answer. It is exported so that no call can be optimised away as unused. */
export let sink

async function loop(call, calls) {
  for (let index = 0; index < calls; index += 1) sink = await call()
}

/** Microseconds that passed. */
const wallUs = () => Number(process.hrtime.bigint()) / 1e3

/** Microseconds of processor time that this process took: what else the machine does is not counted. */
export function processorUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function sample(call, calls, nowUs) {
  const began = nowUs()
  await loop(call, calls)
  return (nowUs() - began) / calls
}

/** Runs the call until it is compiled and says how many calls fill one sample. */
async function warmUp(call, nowUs) {
  const endsAtMs = performance.now() + WARM_UP_MS
  let calls = MIN_CALLS
  let us = 0
  while (performance.now() < endsAtMs) {
    us = await sample(call, calls, nowUs)
    if (us * calls < SAMPLE_MS * 1e3) calls = Math.min(calls * 2, 1_000_000)
  }
  return Math.max(MIN_CALLS, Math.round((SAMPLE_MS * 1e3) / us))
}

/** Warms a call up and returns a function that takes one sample of it: microseconds per call. */
export async function createSampler(call, nowUs = wallUs) {
  const calls = await warmUp(call, nowUs)
  return () => sample(call, calls, nowUs)
}

/** The middle of a list of numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Microseconds per call of each contender, a map from name to `{ us, lowUs, highUs, samples }`: the median of all rounds, the
 * quarter points around it, and what each round gave. A round samples every contender once, each time beginning with another one, so that a machine
 * that slows down in the middle slows them all.
 */
export async function measure(contenders, { rounds = 21, onRound = () => {}, nowUs = wallUs } = {}) {
  const samples = contenders.map(() => [])
  const samplers = []
  for (const { call } of contenders) samplers.push(await createSampler(call, nowUs))
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < contenders.length; step += 1) {
      const index = (round + step) % contenders.length
      samples[index].push(await samplers[index]())
    }
    onRound(round + 1, rounds)
  }
  return new Map(contenders.map(({ name }, index) => [name, summary(samples[index])]))
}

/** How much more one contender takes than another: the median of the differences within the rounds. */
export function medianDifference(figure, baseline) {
  return median(figure.samples.map((us, round) => us - baseline.samples[round]))
}

function summary(samples) {
  const sorted = [...samples].sort((one, other) => one - other)
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)]
  return { us: median(samples), lowUs: at(0.25), highUs: at(0.75), samples }
}
