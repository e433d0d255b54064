// Warms contenders and proves that what is about to be measured are hits.
import { deepStrictEqual } from 'node:assert'
import { setTimeout as sleep } from 'node:timers/promises'

/** Asks each contender twice; stops the bench unless the second answer is the very body without a call of the origin. */
export async function proveHits(contenders, origin, body) {
  const expected = JSON.parse(body)
  for (const { name, call } of contenders) {
    await call()
    // Some write their entry behind the answer.
    await sleep(50)
    const calls = origin.calls
    deepStrictEqual(await call(), expected, `${name} answers with another body`)
    if (origin.calls !== calls) throw new Error(`${name} called the origin a second time: not a hit`)
  }
}
