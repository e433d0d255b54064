// Asks with google-books-search.
import { promisify } from 'node:util'
import books from 'google-books-search'
import { twice } from './rounds.mjs'

const search = promisify(books.search)
const lookup = promisify(books.lookup)

await twice({
  search: () => search('OCLC2364071', { key: 'app-key', type: 'books' }),
  volume: () => lookup('QKgVAAAAYAAJ', { key: 'app-key' }),
  missing: () => lookup('missing', { key: 'app-key' }),
  refused: () => search('1416573461', { key: 'app-key', field: 'isbn', type: 'books' }),
})
