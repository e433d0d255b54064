// What every store must do. Runner-free: the caller hands in `describe`, `it` and `expect`.
import { createStoreTesting, type Runner, type StoreUnderTest } from './contract-runner.js'
import { describeEntries } from './store-entries.js'
import { describeMarks } from './store-marks.js'
import { describeRemoteBodies } from './store-remote-bodies.js'
import { describeUpkeep } from './store-upkeep.js'

/** Runs the contract on stores that `createStore` makes, one per test. */
export function runStoreContract(runner: Runner, createStore: () => Promise<StoreUnderTest>): void {
  const testing = createStoreTesting(runner, createStore)
  describeEntries(testing)
  describeMarks(testing)
  describeUpkeep(testing)
  describeRemoteBodies(testing)
}
