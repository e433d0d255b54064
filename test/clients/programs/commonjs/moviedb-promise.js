// Asks with moviedb-promise as require gives it.
const { MovieDb } = require('moviedb-promise')

const tmdb = new MovieDb('app-key')
const stranger = new MovieDb('wrong-key')

void import('../rounds.mjs').then(({ twice }) =>
  twice({
    search: () => tmdb.searchMovie({ query: 'Disney', language: 'en' }),
    details: () => tmdb.tvInfo({ id: 1396, language: 'en' }),
    missing: () => tmdb.movieInfo(999999999),
    refused: () => stranger.tvInfo({ id: 1396, language: 'en' }),
  }),
)
