// Whether a dispatcher of undici reaches its origins on terms of its own: by another way, trusting others than everyone
// does, or with a certificate. Its settings stand under symbols that only their names tell; what keeps them in private
// fields, as RetryAgent does, is taken for one that has none.
import { type TlsOptions, isPlainTls } from '../../../shared/plain-tls.js'

/** Dispatchers that EnvHttpProxyAgent chooses from. */
const CHOICES: ReadonlySet<string> = new Set(['no proxy agent', 'http proxy agent', 'https proxy agent'])

/** True where answers through the dispatcher are not for callers who come another way. */
export function hasOwnTerms(dispatcher: object): boolean {
  return Object.getOwnPropertySymbols(dispatcher).some((symbol) => {
    const { description: name = '' } = symbol
    const value = (dispatcher as Readonly<Record<symbol, unknown>>)[symbol]
    if (typeof value !== 'object' || value === null) return false
    if (CHOICES.has(name)) return hasOwnTerms(value)
    if (name === 'request tls settings') return isOwn(value)
    if (name !== 'options') return false
    const { connect, tls } = value as { readonly connect?: unknown; readonly tls?: unknown }
    return isOwn(connect) || isOwn(tls)
  })
}

/** A function makes the connection as it likes. */
function isOwn(settings: unknown): boolean {
  if (typeof settings === 'function') return true
  if (typeof settings !== 'object' || settings === null) return false
  const { socketPath } = settings as { readonly socketPath?: unknown }
  return (typeof socketPath === 'string' && socketPath !== '') || !isPlainTls(settings as TlsOptions)
}
