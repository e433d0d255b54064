// Every door of the package keeps the door contract.
import { describe, expect, it } from 'vitest'
import { runDoorContract } from '../../src/testing/index.js'
import {
  axiosBufferDoor,
  axiosDoor,
  fetchDoor,
  serviceDoor,
  undiciFetchDoor,
  undiciRequestDoor,
} from '../contracts/door-clients.js'

const doors = [serviceDoor, fetchDoor, undiciRequestDoor, undiciFetchDoor, axiosDoor, axiosBufferDoor]

for (const door of doors) runDoorContract({ describe, it, expect }, door)
