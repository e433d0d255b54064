// Waiting on events instead of on time.

/** A promise that a test opens. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** Makes a gate, shut. */
export function createGate(): Gate {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

/** Waits, at most 10 s, until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const beganMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - beganMs > 10_000) throw new Error(`${what}: not within 10 s`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
