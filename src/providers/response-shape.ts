// What the providers' classifiers ask of a response: a field of unknown JSON, or whether it is a web page. Pure.
import type { HeaderList } from '../model/header-list.js'

/** A field of an object; undefined where the value is no object or lacks it. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

/** The elements of an array; none where the value is no array. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * True for an HTML page. An API that speaks JSON never means to send one: it comes from a proxy, a captive
 * portal or a content network in trouble, and with a status of 200 it would otherwise replace a good entry.
 */
export function isWebPage(headers: HeaderList): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' && value.trim().toLowerCase().startsWith('text/html'),
  )
}

/** True for 200 to 299. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
