// What every door must do. Runner-free: the caller hands in `describe`, `it` and `expect`.
import type { Runner } from '../runner.js'
import { describeBodies } from './bodies.js'
import { describeCrowds } from './crowds.js'
import { describeDepartures } from './departures.js'
import type { DoorUnderTest } from './door-client.js'
import { createDoorTesting } from './door-testing.js'
import { describeFailures } from './failures.js'
import { describeFields } from './fields.js'
import { describeIdentities } from './identities.js'
import { describeStoredAnswers } from './stored-answers.js'

/**
 * Runs the contract on a door. Each test has an origin on loopback, an instance in memory and the door opened on it.
 *
 * ```ts
 * runDoorContract({ describe, it, expect }, { name: 'mine', capabilities, open: (cachette) => client })
 * ```
 */
export function runDoorContract(runner: Runner, door: DoorUnderTest): void {
  const testing = createDoorTesting(runner, door)
  describeStoredAnswers(testing)
  describeCrowds(testing)
  describeFailures(testing)
  describeIdentities(testing)
  describeDepartures(testing)
  describeBodies(testing)
  describeFields(testing)
}
