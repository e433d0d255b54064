// Asks with Google's own client as require gives it.
const { books } = require('@googleapis/books')

const api = books({ version: 'v1', auth: 'app-key' })
const fieldsOf = ({ status, statusText, headers, data }) => ({
  status,
  statusText,
  headers: Object.fromEntries(headers),
  data,
})

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: async () => fieldsOf(await api.volumes.list({ q: 'OCLC2364071', printType: 'BOOKS' })),
    volume: async () => fieldsOf(await api.volumes.get({ volumeId: 'QKgVAAAAYAAJ' })),
    missing: () => api.volumes.get({ volumeId: 'missing' }),
    refused: () => api.volumes.list({ q: 'isbn:1416573461', printType: 'BOOKS' }),
  }),
)
