// Which headers and parameters carry credentials, judged by name. Pure.

/** Headers that are credentials by their standard meaning. */
const HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key'])

/** Parameters named like a credential. */
const PARAMS = new Set(['api_key', 'apikey', 'key', 'token', 'access_token', 'session_id', 'client_secret'])

/** Names that give themselves away: a part that means a secret, with pagination tokens let off. */
const TELLING =
  /(^|[-_.])(api[-_]?key|apikey|token|secret|password|passwd|auth|authorization|authentication|signature|sig|pwd|session|sessionid|session[-_]?id|cookie|credentials?|jwt)$/i
const PAGINATION = /(^|[-_.])(page|next|sync|continuation)[-_]?token$|pagetoken$/i

/** True for a header whose value is a credential. */
export function isCredentialHeader(name: string): boolean {
  return (
    HEADERS.has(name.toLowerCase()) ||
    isTelling(name) ||
    SECRET_HEADER.test(name) ||
    /(^|[-_.]|app)key$/i.test(spaced(name))
  )
}

/** True for a parameter whose value is a credential; `more` are the operator's own names. */
export function isCredentialParam(name: string, more: readonly string[]): boolean {
  return PARAMS.has(name.toLowerCase()) || more.includes(name) || isTelling(name)
}

/** Names that are written together, or go on behind the secret. */
const TOGETHER =
  /^x?(auth|access|session|refresh|bearer|client|user|api|app|id|csrf|xsrf|oauth)(token|key|secret)(id|v?\d+)?$/
const SECRET_HEADER = /(^|-)(auth|jwt|dpop)(-|$)/i

function isTelling(name: string): boolean {
  if (TOGETHER.test(name.toLowerCase().replace(/[-_.]/g, ''))) return true
  const text = spaced(name)
  return TELLING.test(text) && !PAGINATION.test(text)
}

/** `apiKey` as `api_Key`. */
function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
}
