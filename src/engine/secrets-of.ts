// Every credential that goes out with a call, whoever brought it: none may come back in a header that is stored.
import { isCredentialHeader, isCredentialParam } from '../decide/credential-names.js'
import type { PreparedCall } from './prepared-call.js'

/** A cookie's value is taken for a credential from this length on; shorter ones are words. */
const MIN_COOKIE_LENGTH = 12

/** The credentials of a call, with and without what stands around them in a header. */
export function secretsOf({ parts, policy, service, isOwnUrl }: PreparedCall): readonly string[] {
  const own = isOwnUrl && policy.injectCredentials
  if (!own && parts.secrets.length === 0) return parts.secrets
  const configured = own ? [...ofPolicy(policy), ...ofService(service)] : []
  return [...parts.secrets, ...configured].flatMap(bare)
}

function ofPolicy({ headers, params, key }: PreparedCall['policy']): readonly string[] {
  return [
    ...Object.entries(headers).filter(([name]) => isCredentialHeader(name)),
    ...Object.entries(params).filter(([name]) => isCredentialParam(name, key.credentialParams)),
  ].map(([, value]) => value)
}

function ofService({ authorization }: PreparedCall['service']): readonly string[] {
  if (authorization.kind === 'header' || authorization.kind === 'param') return [authorization.value]
  return authorization.kind === 'client-credentials' ? [authorization.clientSecret] : []
}

/** `Bearer x` is `x`, `Basic …` also the password in it, a cookie also its values. */
function bare(secret: string): readonly string[] {
  const [, scheme = '', token = ''] = /^(\S+)\s+(\S+)$/.exec(secret) ?? []
  if (/^basic$/i.test(scheme)) return [secret, token, ...passwordOf(token)]
  const cookies = [...secret.matchAll(/(?:^|;\s*)[^=;\s]+=([^;]+)/g)].map(([, value = '']) => value)
  return [
    secret,
    ...(token === '' ? [] : [token]),
    ...cookies.filter((value) => value.length >= MIN_COOKIE_LENGTH),
  ]
}

function passwordOf(token: string): readonly string[] {
  const text = Buffer.from(token, 'base64').toString()
  const end = text.indexOf(':')
  return end < 0 ? [] : [text, text.slice(end + 1)]
}
