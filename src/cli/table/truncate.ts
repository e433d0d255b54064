// Cuts text to a number of terminal cells, not characters: a CJK letter or an emoji takes two. Pure.
import { cellWidth } from './cell-width.js'

const graphemes = new Intl.Segmenter()

/** The text where it fits into `width` cells, else its beginning and `…`. */
export function truncate(text: string, width: number): string {
  if (cellWidth(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const cells = cellWidth(segment)
    if (used + cells > width - 1) break
    kept += segment
    used += cells
  }
  return `${kept}…`
}

/** The text where it fits, else its beginning, `…` and its end: for URLs, whose end tells them apart. */
export function truncateMiddle(text: string, width: number): string {
  if (cellWidth(text) <= width || width < 5) return truncate(text, width)
  const endWidth = Math.floor((width - 1) / 2)
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment)
  let end = ''
  for (const segment of segments.reverse()) {
    if (cellWidth(segment + end) > endWidth) break
    end = segment + end
  }
  return truncate(text, width - cellWidth(end)) + end
}
