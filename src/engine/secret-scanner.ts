// Looks for credentials in a body that comes piece by piece, across the seams as well.

/** Shorter ones are words that any body may hold. */
const MIN_SECRET_LENGTH = 8

/** True once what has passed repeats a secret. */
export type SecretScanner = (piece: Uint8Array) => boolean

/** Makes a scanner for one body. */
export function createSecretScanner(secrets: readonly string[]): SecretScanner {
  const sought = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
  if (sought.length === 0) return () => false
  const overlapBytes = Math.max(...sought.map((secret) => Buffer.byteLength(secret))) - 1
  let tail = Buffer.alloc(0)
  let isFound = false
  return (piece) => {
    if (isFound) return true
    const text = Buffer.concat([tail, piece])
    isFound = sought.some((secret) => text.includes(secret))
    tail = Buffer.from(text.subarray(Math.max(0, text.byteLength - overlapBytes)))
    return isFound
  }
}
