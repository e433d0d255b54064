// What Node itself has for HTTP, in every way a program may get hold of it.
import { BUILT_IN } from './clients.js'
import { describeClients } from './client-suite.js'

describeClients(BUILT_IN)
