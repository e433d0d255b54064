// The same without recordings: what is made up has the shape that the SDKs expect.
import { describeClients } from './client-suite.js'
import { SDKS } from './clients.js'

const ONE_PER_API = ['spotify-web-api-node.mjs', 'moviedb-promise.mjs', 'googleapis-books.mjs']

describeClients(
  SDKS.filter(({ program }) => ONE_PER_API.includes(program)),
  { answers: 'made-up' },
)
