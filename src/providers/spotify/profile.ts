// What Cachette knows of the Spotify Web API: where it is, how it is authorised, how long answers live, which
// calls are never cached and how errors are judged. Data and pure functions.
import type { Authorization, Environment, Profile } from '../../model/profile.js'
import { defineProfile } from '../define-profile.js'
import { readVariable } from '../environment.js'
import { classifySpotify } from './classify.js'
import { POPULAR_ON_SPOTIFY } from './popular.js'

/** The profile of the Spotify Web API, version 1. */
export const spotifyProfile: Profile = defineProfile({
  name: 'spotify',
  baseURL: 'https://api.spotify.com/v1',
  baseURLVariable: 'SPOTIFY_BASE_URL',
  urlVariables: ['SPOTIFY_ACCOUNTS_URL'],
  hosts: [],
  equivalentHosts: {},
  ttl: '2h',
  // The developer terms allow temporary caching and name no number of days. The one deadline they set is five
  // days, for deleting a user's data after they disconnect: under this cap no answer outlives it. It is still
  // long enough to outlast the longest Retry-After seen, which was under a day.
  maxTtl: '5d',
  // Spotify counts in a rolling window of 30 seconds and does not say how many: no rate limit, its Retry-After is heeded.
  rules: [],
  // Everything about the user who is signed in: per person, often changing, and to be deleted on request.
  neverCache: ['/me', '/me/*'],
  authorization: authorizeSpotify,
  classify: classifySpotify,
  popular: POPULAR_ON_SPOTIFY,
  attribution:
    'Metadata and cover art from Spotify: show the Spotify logo beside them and link each item back to Spotify.',
})

/** Client credentials. The token comes from `SPOTIFY_ACCOUNTS_URL`, by default https://accounts.spotify.com. */
function authorizeSpotify(environment: Environment): Authorization {
  const clientId = readVariable(environment, 'SPOTIFY_CLIENT_ID')
  const clientSecret = readVariable(environment, 'SPOTIFY_CLIENT_SECRET')
  if (clientId === undefined || clientSecret === undefined) {
    const variables: string[] = []
    if (clientId === undefined) variables.push('SPOTIFY_CLIENT_ID')
    if (clientSecret === undefined) variables.push('SPOTIFY_CLIENT_SECRET')
    return { kind: 'missing', variables }
  }
  const accounts = readVariable(environment, 'SPOTIFY_ACCOUNTS_URL') ?? 'https://accounts.spotify.com'
  const tokenUrl = `${accounts.replace(/\/+$/, '')}/api/token`
  return { kind: 'client-credentials', tokenUrl, clientId, clientSecret }
}
