// The SDKs of the three APIs, unchanged.
import { SDKS } from './clients.js'
import { describeClients } from './client-suite.js'

describeClients(SDKS)
