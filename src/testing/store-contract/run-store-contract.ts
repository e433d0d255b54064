// What every store must do. Runner-free: the caller hands in `describe`, `it` and `expect`.
import type { Runner } from '../runner.js'
import { describeBodies } from './bodies.js'
import { describeBodyEnds } from './body-ends.js'
import { describeCells } from './cells.js'
import { describeEntries } from './entries.js'
import { describeListing } from './listing.js'
import { describeMarks } from './marks.js'
import { describePeers } from './peers.js'
import { describeRemoteBodies } from './remote-bodies.js'
import { describeSequence } from './sequence.js'
import { createStoreTesting } from './store-testing.js'
import type { StoreUnderTest } from './store-under-test.js'
import { describeUpkeep } from './upkeep.js'

/**
 * Runs the contract on a kind of store; each test opens one of its own.
 *
 * ```ts
 * runStoreContract({ describe, it, expect }, { name: 'mine', capabilities, open: () => openedStore })
 * ```
 */
export function runStoreContract(runner: Runner, under: StoreUnderTest): void {
  const testing = createStoreTesting(runner, under)
  describeEntries(testing)
  describeMarks(testing)
  describeSequence(testing)
  describeCells(testing)
  describeListing(testing)
  describeUpkeep(testing)
  describeRemoteBodies(testing)
  describeBodies(testing)
  describeBodyEnds(testing)
  describePeers(testing)
}
