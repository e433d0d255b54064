// Flushes what open instances counted when the process ends, with one pair of listeners for all of them.

/** What is done when the process ends. */
export interface ExitWork {
  /** Before the event loop empties: may still wait. */
  flush(): Promise<void>
  /** On exit: must be done at once. */
  flushNow(): void
}

const open = new Set<ExitWork>()

function onBeforeExit(): void {
  for (const work of open) void work.flush()
}

function onExit(): void {
  for (const work of open) work.flushNow()
}

/** Registers work; the returned function takes it back. */
export function onProcessExit(work: ExitWork): () => void {
  if (open.size === 0) {
    process.on('beforeExit', onBeforeExit)
    process.on('exit', onExit)
  }
  open.add(work)
  return () => {
    open.delete(work)
    if (open.size > 0) return
    process.off('beforeExit', onBeforeExit)
    process.off('exit', onExit)
  }
}
