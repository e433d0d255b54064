// Seconds as HTTP caching writes them. Pure. https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2

/** What larger numbers are taken for: 2^31 seconds, in milliseconds. */
export const MAX_DELTA_MS = 2 ** 31 * 1_000

/** The milliseconds that a number of seconds stands for, or undefined where the text is not one. */
export function deltaMs(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text) * 1_000, MAX_DELTA_MS) : undefined
}
