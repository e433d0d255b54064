// Asks with tmdb-ts as require gives it.
const { TMDB } = require('tmdb-ts')

const tmdb = new TMDB('app-token')
const stranger = new TMDB('wrong-key')

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () => tmdb.search.movies({ query: 'Disney', language: 'en' }),
    details: () => tmdb.tvShows.details(1396, undefined, 'en'),
    missing: () => tmdb.movies.details(999999999),
    refused: () => stranger.tvShows.details(1396, undefined, 'en'),
  }),
)
