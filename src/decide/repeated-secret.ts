// Whether a text gives a credential back, plainly or percent-encoded in whatever way. Pure.

/** Shorter values are found in too many texts to mean anything. */
const MIN_LENGTH = 6

/** True where a text contains one of the secrets. */
export function repeatsSecret(text: string, secrets: readonly string[]): boolean {
  const long = secrets.filter((secret) => secret.length >= MIN_LENGTH)
  if (long.length === 0) return false
  const decoded = text.includes('%') ? percentDecoded(text) : text
  return long.some((secret) => text.includes(secret) || decoded.includes(secret))
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
