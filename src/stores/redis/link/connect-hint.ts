// What an operator can do about a connection that does not come about, where the error does not say so itself. Pure.

/** Codes of certificates whose authority nobody here knows. */
const UNKNOWN_AUTHORITY =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_SIGNATURE_FAILURE)$/

/** The end of a sentence, or nothing. */
export function connectHint(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return UNKNOWN_AUTHORITY.test(code)
    ? '. The authority behind its certificate goes into NODE_EXTRA_CA_CERTS'
    : ''
}
