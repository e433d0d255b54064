// Libraries for HTTP, unchanged, at a host with a profile and at an address without one.
import { HTTP_CLIENTS } from './clients.js'
import { describeClients } from './client-suite.js'

describeClients(HTTP_CLIENTS)
