// Whether a secure call proves both ends as every other call does. Which server a caller is content with, and as whom it
// shows itself, is no part of any key: what one caller gets on terms of its own is not for those who come without them.
import { builtIn } from './built-in.js'

/** Options of an agent or a request of Node's. */
export type TlsOptions = Readonly<Record<string | symbol, unknown>>

/** Options that say whom the caller trusts, or who it is. https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions */
const OWN_TERMS: ReadonlySet<string> = new Set([
  'ca',
  'crl',
  'allowPartialTrustChain',
  // These set which certificates and signatures are strong enough.
  'ciphers',
  'sigalgs',
  'requestOCSP',
  // The server of a resumed session is not checked again.
  'session',
  'secureContext',
  'cert',
  'key',
  'pfx',
  'pskCallback',
  'clientCertEngine',
  'privateKeyEngine',
  'privateKeyIdentifier',
])

/** True where the server has to prove that it is `host`, to Node's own satisfaction, and the caller proves nothing. */
export function isPlainTls(options: TlsOptions, host?: string): boolean {
  for (const name in options) {
    const value = options[name]
    if (value === undefined || value === null || value === '') continue
    if (OWN_TERMS.has(name)) return false
    if (name === 'rejectUnauthorized' && value === false) return false
    if (name === 'servername' && value !== host) return false
    if (name === 'checkServerIdentity' && value !== builtIn('tls').checkServerIdentity) return false
  }
  return true
}
