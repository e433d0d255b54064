// A quick 32-bit hash of a text, for a table that may be mistaken now and then. Pure.

/** Keys of entries are digests: what is at their end tells them apart. */
const UNITS = 8

/** A hash of the last eight UTF-16 units of a text; a shorter one counts as if it began with zeros. */
export function textHash(text: string): number {
  const end = text.length
  if (end < UNITS) return textHash(text.padStart(UNITS, '\0'))
  const last = word(text, end - 4)
  const before = word(text, end - 8)
  const hash = Math.imul(last, 0x9e3779b1) ^ Math.imul(before ^ (last >>> 15), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** Four units in one number; what a unit has above eight bits is mixed into its neighbour. */
function word(text: string, at: number): number {
  const low = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 8)
  return low ^ (text.charCodeAt(at + 2) << 16) ^ (text.charCodeAt(at + 3) << 24)
}
