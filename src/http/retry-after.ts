// When a Retry-After field says to come back. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3

/** The instant in wall-clock milliseconds, or undefined where the field is absent or unreadable. */
export function retryAtMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return nowMs + Number(value) * 1_000
  const dateMs = Date.parse(value)
  return Number.isNaN(dateMs) ? undefined : dateMs
}
