// What a cell may be called and how much it may hold, the same in every store that can check it before it writes. Pure.

const MAX_NAME_CHARACTERS = 200
const MAX_VALUE_BYTES = 32 * 1024

/**
 * Refuses a name that no cell may have.
 *
 * @throws RangeError where it is empty or too long
 */
export function checkCellName(name: string): void {
  if (name.length >= 1 && name.length <= MAX_NAME_CHARACTERS) return
  throw new RangeError(`A cell's name has 1 to ${MAX_NAME_CHARACTERS} characters, not ${name.length}.`)
}

/**
 * Refuses a value that no cell may have.
 *
 * @throws RangeError where it is too large
 */
export function checkCellValue(name: string, value: string): void {
  const bytes = Buffer.byteLength(value)
  if (bytes <= MAX_VALUE_BYTES) return
  throw new RangeError(`The cell ${name} was to hold ${bytes} bytes; it may hold ${MAX_VALUE_BYTES}.`)
}
