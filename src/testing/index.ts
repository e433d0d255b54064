// The contract suites: what `cachette/testing` gives to whoever writes a door or a store.
export type {
  DoorAnswer,
  DoorCall,
  DoorCapabilities,
  DoorClient,
  DoorUnderTest,
} from './door-contract/door-client.js'
export { runDoorContract } from './door-contract/run-door-contract.js'
export type { Runner } from './runner.js'
export { runStoreContract } from './store-contract/run-store-contract.js'
export type { OpenedStore, StoreCapabilities, StoreUnderTest } from './store-contract/store-under-test.js'
