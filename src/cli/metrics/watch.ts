// Shows the metrics once a second until interrupted: redrawn in place on a terminal, a line each in a pipe.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Metrics } from '../../model/metrics.js'
import type { CommandContext } from '../context.js'
import { formatTime } from '../format/duration.js'
import { renderMetrics, renderWatchLine } from './figures-view.js'

const PERIOD_MS = 1_000
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
/** Cursor to the top left, then everything below it cleared. */
const REDRAW = '\u001b[H\u001b[J'
const ALTERNATE_SCREEN = '\u001b[?1049h'
const MAIN_SCREEN = '\u001b[?1049l'

/** Returns after Ctrl-C, with the terminal as it was and the last figures printed. */
export async function watchMetrics(context: CommandContext, read: () => Promise<Metrics>): Promise<void> {
  const isRedrawn = context.layout.columns !== undefined && !context.isJson
  const { interrupted } = context
  let last: Metrics | undefined
  if (isRedrawn) context.printBytes(Buffer.from(ALTERNATE_SCREEN + HIDE_CURSOR))
  try {
    while (!interrupted.aborted) {
      last = await read()
      show(context, last, isRedrawn)
      await sleep(PERIOD_MS, undefined, { signal: interrupted }).catch(() => undefined)
    }
  } finally {
    if (isRedrawn) context.printBytes(Buffer.from(SHOW_CURSOR + MAIN_SCREEN))
  }
  if (isRedrawn && last !== undefined) context.print(renderMetrics(last, context.layout, Date.now()))
}

function show(context: CommandContext, metrics: Metrics, isRedrawn: boolean): void {
  const nowMs = Date.now()
  if (context.isJson) return context.printJson(metrics, 'line')
  if (!isRedrawn) return context.print(renderWatchLine(metrics, formatTime(nowMs)))
  const text = renderMetrics(metrics, context.layout, nowMs)
  context.printBytes(
    Buffer.from(`${REDRAW}${text}\n\n${context.layout.colours.dim('every second; Ctrl-C ends')}\n`),
  )
}
