// When a Retry-After field says to come back. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3

/** Every form of an HTTP date begins with one; what does not is read as a date by no other server. */
const DAY_NAME = /^(mon|tue|wed|thu|fri|sat|sun)/i

/** The instant in wall-clock milliseconds, or undefined where the field is absent or unreadable. */
export function retryAtMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return nowMs + Number(value) * 1_000
  const text = value.trim()
  if (!DAY_NAME.test(text)) return undefined
  const dateMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(dateMs) ? undefined : dateMs
}
