// A progress bar with rate and time left: on stderr, on a terminal, and only once the work has taken a second.
import { SingleBar } from 'cli-progress'
import type { CommandContext } from './context.js'
import { formatDuration } from './format/duration.js'

/** How far a piece of work has come. */
export interface Progress {
  /** One more of `total` is done. */
  advance(): void
  /** Removes the bar. */
  stop(): void
}

const SHOW_AFTER_MS = 1_000
const SILENT: Progress = { advance: () => undefined, stop: () => undefined }

export function createProgress(context: CommandContext, label: string, total: number): Progress {
  if (context.remarkLayout.columns === undefined) return SILENT
  const startMs = performance.now()
  let done = 0
  let isShown = false
  const bar = new SingleBar({
    stream: context.remarkStream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    format: (options, params, payload: { readonly text?: string }) => {
      const filled = Math.round(params.progress * (options.barsize ?? 0))
      const blocks = '█'.repeat(filled) + '░'.repeat((options.barsize ?? 0) - filled)
      return `${label} ${blocks} ${payload.text ?? ''}`
    },
  })
  return {
    advance() {
      done += 1
      const elapsedMs = performance.now() - startMs
      if (elapsedMs < SHOW_AFTER_MS) return
      const text = progressText(done, total, elapsedMs)
      if (isShown) bar.update(done, { text })
      else bar.start(total, done, { text })
      isShown = true
    },
    stop() {
      if (isShown) bar.stop()
    },
  }
}

/** `120/500  32/s  12 s left`. Pure. */
export function progressText(done: number, total: number, elapsedMs: number): string {
  const perSecond = (done * 1_000) / Math.max(1, elapsedMs)
  const rate = perSecond >= 10 ? Math.round(perSecond).toString() : perSecond.toFixed(1)
  if (done === 0) return `0/${total}`
  const leftMs = Math.ceil((total - done) / perSecond) * 1_000
  return `${done}/${total}  ${rate}/s  ${formatDuration(leftMs)} left`
}
