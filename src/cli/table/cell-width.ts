// How many terminal cells a text takes. Pure.
import stringWidth from 'string-width'

/**
 * Characters that take one cell each: Latin letters and the signs that our own tables use. The general answer
 * compiles large patterns on first use, a tenth of a second that most commands need not spend.
 */
const ONE_CELL_EACH = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u2013\u2026\u2192\u2500-\u259f]*$/

export function cellWidth(text: string): number {
  return ONE_CELL_EACH.test(text) ? text.length : stringWidth(text)
}
