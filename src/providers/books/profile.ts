// What Cachette knows of the Google Books API: where it is, how it is authorised, how long answers live, which
// calls are never cached and how errors are judged. Data and pure functions.
import type { Authorization, Environment, Profile } from '../../model/profile.js'
import { defineProfile } from '../define-profile.js'
import { readVariable } from '../environment.js'
import { classifyBooks } from './classify.js'
import { POPULAR_IN_BOOKS } from './popular.js'
import { booksQuotaRenewsAtMs } from './quota-renewal.js'

/** The profile of Google Books, version 1. */
export const booksProfile: Profile = defineProfile({
  name: 'books',
  baseURL: 'https://www.googleapis.com/books/v1',
  baseURLVariable: 'GOOGLE_BOOKS_BASE_URL',
  urlVariables: [],
  // The documentation uses one host, Google's own client the other; both answer with the same resources.
  hosts: ['books.googleapis.com'],
  equivalentHosts: { 'books.googleapis.com': 'www.googleapis.com' },
  ttl: '12h',
  // Google's API terms tie copies to the cache header, which the answers no longer carry: how long is then the
  // operator's choice. A week outlasts a spent daily quota several times over and stays a cache.
  maxTtl: '7d',
  key: {
    // They change who is billed or how the JSON is laid out, not what it says.
    passThrough: ['quotaUser', 'prettyPrint', 'userIp'],
    credentialParams: ['oauth_token'],
  },
  // 1,000 calls a day are a project's default and can be raised: the quota is the operator's to set.
  rules: [],
  // Everything about the user who is signed in.
  neverCache: [
    '/mylibrary',
    '/mylibrary/*',
    '/volumes/mybooks',
    '/volumes/recommended',
    '/volumes/recommended/*',
    '/volumes/useruploaded',
    '/myconfig/*',
    '/notification/*',
    '/personalizedstream/*',
    '/promooffer/*',
    '/cloudloading/*',
  ],
  authorization: authorizeBooks,
  classify: classifyBooks,
  quotaRenewsAtMs: booksQuotaRenewsAtMs,
  popular: POPULAR_IN_BOOKS,
  attribution:
    'Show "powered by Google" beside the results, and link each book prominently to its page on Google Books.',
})

/** The key. Calls without one share a single worn-out quota, so its absence is an error rather than a try. */
function authorizeBooks(environment: Environment): Authorization {
  const key = readVariable(environment, 'GOOGLE_BOOKS_API_KEY')
  if (key === undefined) return { kind: 'missing', variables: ['GOOGLE_BOOKS_API_KEY'] }
  return { kind: 'param', name: 'key', value: key }
}
