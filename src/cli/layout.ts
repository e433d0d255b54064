// What a view needs to know about where its text goes. Views are pure functions of what they show and a layout.
import pc from 'picocolors'

/** Text styles that do nothing where colour is off. */
export type Colours = ReturnType<typeof pc.createColors>

/** Where readable text goes. */
export interface Layout {
  /** Columns of the terminal; undefined when piped, where values are never cut. */
  readonly columns: number | undefined
  readonly colours: Colours
}

/** A pipe: full values, no colour. */
export const PLAIN_LAYOUT: Layout = Object.freeze({ columns: undefined, colours: pc.createColors(false) })

/** What of a stream decides its layout. */
export interface StreamFacts {
  readonly isTTY?: boolean
  readonly columns?: number
}

const DEFAULT_COLUMNS = 80

/**
 * The layout for a stream: colour only on a terminal, and there not with `NO_COLOR` or `TERM=dumb`;
 * `FORCE_COLOR` (anything but `0`) colours a pipe too.
 */
export function layoutOf(
  stream: StreamFacts,
  environment: Readonly<Record<string, string | undefined>>,
): Layout {
  const isTerminal = stream.isTTY === true
  const { NO_COLOR: noColor, FORCE_COLOR: forceColor, TERM: term } = environment
  const isForced = forceColor !== undefined && forceColor !== '' && forceColor !== '0'
  const isRefused = (noColor !== undefined && noColor !== '') || forceColor === '0'
  const isColoured = !isRefused && (isForced || (isTerminal && term !== 'dumb'))
  const columns = stream.columns === undefined || stream.columns <= 0 ? DEFAULT_COLUMNS : stream.columns
  return { columns: isTerminal ? columns : undefined, colours: pc.createColors(isColoured) }
}
