// The value of a request header that a response was selected by, in one spelling. Pure.
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
import type { HeaderList } from '../model/header-list.js'
import { fieldValue } from './header-fields.js'

/** A language range and its weight. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4 */
const LANGUAGE = /^([a-z\d-]+|\*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/

/**
 * The value that variants are told apart by; undefined where the request does not carry the header. Repeated lines
 * are one list, and white space round commas does not count. Languages are compared by weight, in any case and order.
 *
 * @param name in lower case
 */
export function selectingValue(headers: HeaderList, name: string): string | undefined {
  const value = fieldValue(headers, name)?.trim()
  // White space and commas in a quotation are its own.
  if (value === undefined || value.includes('"')) return value
  const members = value.split(',').map((member) => member.trim())
  return (name === 'accept-language' ? orderedLanguages(members) : members).join(',')
}

function orderedLanguages(members: readonly string[]): readonly string[] {
  const lower = members.map((member) => member.toLowerCase()).filter((member) => member !== '')
  const matches = lower.map((member) => LANGUAGE.exec(member))
  if (matches.includes(null)) return lower
  return matches
    .map((match) => ({ name: match?.[1] ?? '', weight: Number(match?.[2] ?? 1) }))
    .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, weight }) => (weight === 1 ? name : `${name};q=${weight}`))
}
