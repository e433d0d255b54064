// Whether a reader wants more just now.

/** A gate that a reader closes while it has enough. */
export class Flow {
  #isPaused = false
  #wake: (() => void) | undefined

  get isPaused(): boolean {
    return this.#isPaused
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** Resolves when the reader wants more; one waits at a time. */
  resumed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isPaused) this.#wake = resolve
      else resolve()
    })
  }
}
