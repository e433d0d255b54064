// Adds the service's credentials, just before the network, so that nothing above ever holds them.
import { CachetteError } from '../errors/cachette-error.js'
import type { HeaderList } from '../model/header-list.js'
import { assertNever } from '../shared/assert-never.js'
import type { ClientCredentials, TokenSource } from './client-credentials.js'
import type { OriginCall, OriginReply, OriginStep } from './origin-call.js'

/** Where authorised calls go. */
export interface AuthorizedSteps {
  readonly next: OriginStep
  /** Where a call goes that is sent once more, with a new token. Default `next`. */
  readonly again?: OriginStep
}

/**
 * Proves who sends. A token that the origin answers with 401 is replaced once.
 *
 * @throws CachetteError `CACHETTE_CREDENTIALS` where none are configured, naming the variables to set
 */
export function withAuthorization(tokens: TokenSource, { next, again = next }: AuthorizedSteps): OriginStep {
  return (call) => {
    const { authorization } = call
    switch (authorization.kind) {
      case 'none':
        return next(call)
      case 'header':
        return next({ ...call, headers: withHeader(call.headers, authorization.name, authorization.value) })
      case 'param':
        return next({ ...call, url: withParam(call.url, authorization.name, authorization.value) })
      case 'client-credentials':
        return withToken(call, authorization, { tokens, next, again })
      case 'missing':
        return Promise.reject(missing(call, authorization.variables))
      default:
        return assertNever(authorization)
    }
  }
}

async function withToken(
  call: OriginCall,
  credentials: ClientCredentials,
  { tokens, next, again }: Required<AuthorizedSteps> & { readonly tokens: TokenSource },
): Promise<OriginReply> {
  const first = await tokens.get(credentials, call)
  const reply = await next(bearing(call, first))
  if (reply.status !== 401) return reply
  reply.cancel(new Error('the token was refused'))
  tokens.refuse(credentials, first)
  const value = `Bearer ${await tokens.get(credentials, call)}`
  return again({ ...call, authorization: { kind: 'header', name: 'authorization', value } })
}

function bearing(call: OriginCall, accessToken: string): OriginCall {
  return { ...call, headers: withHeader(call.headers, 'authorization', `Bearer ${accessToken}`) }
}

function withHeader(headers: HeaderList, name: string, value: string): HeaderList {
  return [...headers, [name, value]]
}

function withParam(url: string, name: string, value: string): string {
  const [bare = ''] = url.split('#', 1)
  const separator = bare.includes('?') ? '&' : '?'
  return `${bare}${separator}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function missing(call: OriginCall, variables: readonly string[]): CachetteError {
  const { service, redactedUrl: url } = call
  return new CachetteError(
    'CACHETTE_CREDENTIALS',
    `${service} has no credentials; set ${variables.join(' and ')} in the environment`,
    { service, url },
  )
}
