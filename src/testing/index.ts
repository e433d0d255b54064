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
