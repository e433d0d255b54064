// Asks with Google's own client, which is given the fetch of an instance.
import { books } from '@googleapis/books'
import { twice } from '../rounds.mjs'
import { cachette } from './instance.mjs'

const api = books({ version: 'v1', auth: 'app-key', fetchImplementation: cachette?.fetch ?? fetch })
const fieldsOf = ({ status, statusText, headers, data }) => ({ status, statusText, headers, data })

await twice({
  search: async () => fieldsOf(await api.volumes.list({ q: 'OCLC2364071', printType: 'BOOKS' })),
  volume: async () => fieldsOf(await api.volumes.get({ volumeId: 'QKgVAAAAYAAJ' })),
  missing: () => api.volumes.get({ volumeId: 'missing' }),
  refused: () => api.volumes.list({ q: 'isbn:1416573461', printType: 'BOOKS' }),
})
