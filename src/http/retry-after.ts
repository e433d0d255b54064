// When a Retry-After field says to come back. Pure. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
import { deltaMs } from './delta-seconds.js'
import { httpDateMs } from './http-date.js'

/** The instant in wall-clock milliseconds, or undefined where the field is absent or unreadable. */
export function retryAtMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  const waitMs = deltaMs(text)
  return waitMs === undefined ? httpDateMs(text, nowMs) : nowMs + waitMs
}
