// What Cachette knows of The Movie Database: where it is, how it is authorised, how long answers live, which
// calls are never cached and how errors are judged. Data and pure functions.
import type { Authorization, Environment, Profile } from '../../model/profile.js'
import { defineProfile } from '../define-profile.js'
import { readVariable } from '../environment.js'
import { classifyTmdb } from './classify.js'
import { POPULAR_ON_TMDB } from './popular.js'

/** The profile of TMDB, version 3. */
export const tmdbProfile: Profile = defineProfile({
  name: 'tmdb',
  baseURL: 'https://api.themoviedb.org/3',
  baseURLVariable: 'TMDB_BASE_URL',
  urlVariables: [],
  hosts: [],
  equivalentHosts: {},
  ttl: '6h',
  // The API terms forbid to keep content for more than six months; 180 days is the shortest reading of that.
  maxTtl: '180d',
  // "Somewhere in the 40 requests per second range", says its documentation, which may change any time; a 429 is heeded anyway.
  rateLimit: '40/1s',
  key: { credentialParams: ['guest_session_id', 'request_token'] },
  rules: [
    // TMDB itself sends max-age=0 for these.
    { match: '/:type(movie|tv|person)/latest', ttl: '5m' },
    // Feeds of changed ids: what they are asked for is news.
    { match: '/:type(movie|tv|person)/changes', ttl: '10m' },
  ],
  // GETs that create state, and answers that belong to one person.
  neverCache: [
    '/authentication',
    '/authentication/*',
    '/account',
    '/account/*',
    '/guest_session/*',
    '/*/account_states',
  ],
  authorization: authorizeTmdb,
  classify: classifyTmdb,
  popular: POPULAR_ON_TMDB,
  attribution:
    'This product uses the TMDB API but is not endorsed or certified by TMDB. Show the TMDB logo, less ' +
    'prominent than your own; where watch providers are shown, name JustWatch.',
})

/** The access token wins where both are set, as TMDB's own documentation prefers it. */
function authorizeTmdb(environment: Environment): Authorization {
  const token = readVariable(environment, 'TMDB_ACCESS_TOKEN')
  if (token !== undefined) return { kind: 'header', name: 'Authorization', value: `Bearer ${token}` }
  const apiKey = readVariable(environment, 'TMDB_API_KEY')
  if (apiKey !== undefined) return { kind: 'param', name: 'api_key', value: apiKey }
  return { kind: 'missing', variables: ['TMDB_API_KEY or TMDB_ACCESS_TOKEN'] }
}
