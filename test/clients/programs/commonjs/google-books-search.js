// Asks with google-books-search as require gives it.
const { promisify } = require('node:util')
const books = require('google-books-search')

const search = promisify(books.search)
const lookup = promisify(books.lookup)

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () => search('OCLC2364071', { key: 'app-key', type: 'books' }),
    volume: () => lookup('QKgVAAAAYAAJ', { key: 'app-key' }),
    missing: () => lookup('missing', { key: 'app-key' }),
    refused: () => search('1416573461', { key: 'app-key', field: 'isbn', type: 'books' }),
  }),
)
