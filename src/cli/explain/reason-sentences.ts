// What each reason and each decision means, as a sentence. Pure; a reason without a sentence does not compile.
import type { Because } from '../../model/because.js'

export const REASON_SENTENCES: Readonly<Record<Because, string>> = Object.freeze({
  fresh: 'An entry is stored and is younger than the TTL in force.',
  'not-in-cache': 'Nothing is stored under this key.',
  expired: 'An entry is stored but is older than its TTL.',
  'ttl-lowered': 'An entry is stored and was fresh under its old TTL, but the TTL in force is now shorter.',
  'call-ttl-shorter': 'An entry is stored, but this call asks for a shorter TTL than its age.',
  'always-revalidate': 'The TTL in force is 0: the origin is asked each time.',
  'from-the-future':
    'The entry claims to be stored later than now, so its age cannot be trusted: a clock has jumped.',
  'over-max-ttl': 'The entry is older than maxTtl, the most that may be served in any case.',
  purged: 'The entry was stored before a purge that covers it.',
  'soft-purged': 'The entry was stored before a soft purge that covers it, so it counts as stale.',
  'store-away':
    'The shared store could not be reached for some seconds, so it is not known whether the entry still holds.',
  'refresh-requested': 'The call asks for a refresh, whatever is stored.',
  'request-no-cache': 'The request itself asks for an answer that the origin vouches for now (no-cache).',
  'request-max-age': 'The request itself asks for a younger answer than the one that is stored (max-age).',
  'request-min-fresh': 'The request itself asks for an answer that stays fresh for longer (min-fresh).',
  'reload-requested': 'The request itself asks for a reload, whatever is stored.',
  'stale-while-revalidate': 'The entry is stale, and may be served while it is refreshed.',
  'soft-timeout':
    'The origin was slower than softTimeout: the older entry was served, and the call went on behind.',
  'eager-refresh': 'The entry is fresh, and near enough to its end to be refreshed behind the caller.',
  'quota-low': 'The budget of calls runs down, so the older entry is served in place of a new call.',
  'refresh-resting': 'The last refresh failed a moment ago, and the origin is left alone for now.',
  'max-stale': 'The request itself takes a stale answer (max-stale).',
  'force-cache': 'The request itself takes whatever is stored, however old.',
  'only-if-cached': 'The request itself forbids asking the origin, and nothing usable is stored.',
  'must-revalidate': 'The entry forbids its use without the word of the origin, which could not be had.',
  'request-no-store': 'The request itself asks to be kept out of the cache (no-store).',
  'method-not-cached': 'Only GET and HEAD are cached, and POST where key.body says so.',
  'body-not-keyed': 'The request has a body that takes no part in the key; key.body caches such requests.',
  'never-cached-by-profile':
    "The service's profile never caches this path, for example because a GET there changes something.",
  'conditional-request':
    'The call brings a condition of its own, such as If-None-Match, which only the origin can judge.',
  'joined-call': 'The same call was under way, and its answer was shared.',
  stored: 'The answer was stored.',
  'not-modified': 'The origin said that the stored answer still holds (304).',
  'negative-answer':
    'The origin said that there is no such thing (404 or 410); that is remembered for negativeTtl.',
  'no-store': 'The origin forbids storing the answer (no-store); ignoreNoStore overrides it.',
  private: 'The answer is for one user alone (private), and this cache serves several.',
  authorization: 'The request was authorised, and the answer does not say that others may have it.',
  'no-freshness': 'The answer says neither how long it holds nor how to validate it.',
  'not-understood':
    'The answer has a status that only caches that understand it may store (must-understand).',
  'vary-star': 'The answer varies on something that cannot be known (Vary: *).',
  'status-not-stored': 'Answers with this status are never stored.',
  'partial-content': 'The answer is only a part of the whole.',
  'body-too-large': 'The body is larger than maxBodyBytes.',
  'body-cut-short': 'The body broke off before its end.',
  'left-by-caller': 'Everybody who waited for the answer left before its end.',
  'credential-in-response': 'The answer carries a credential, which is never stored.',
  'purged-meanwhile': 'A purge came while the call was under way.',
  'origin-unreachable': 'The origin could not be reached.',
  'origin-timeout': 'The origin did not answer in time.',
  'origin-transient': 'The origin failed in a way that may pass.',
  'origin-quota': 'The origin refused the call because too many were made.',
  'origin-auth': 'The origin refused the credentials.',
  'quota-spent': 'The budget of calls is spent until it renews.',
  'cool-down': 'The origin asked to be left alone until later (429), and is.',
  'breaker-open': 'The origin failed several times in a row and is left alone for a moment.',
  'origin-permanent': 'The origin refused the call in a way that will not pass.',
  'invalid-response': 'The answer did not look as it must, so it was not taken.',
})

const DECISION_SENTENCES: Readonly<Record<string, string>> = Object.freeze({
  'serve-fresh': 'A call now would be answered from the cache, without calling the origin.',
  'serve-stale': 'A call now would get the stale entry at once, and the origin would be asked behind it.',
  revalidate: 'A call now would ask the origin whether the stored answer still holds.',
  fetch: 'A call now would ask the origin for the answer.',
  refuse: 'A call now would be refused without asking the origin.',
  bypass: 'A call now would go to the origin and leave the cache alone.',
})

/** What a decision means; an unknown one explains itself by its name alone. */
export function decisionSentence(decision: string): string {
  return DECISION_SENTENCES[decision] ?? `A call now would be decided as '${decision}'.`
}
