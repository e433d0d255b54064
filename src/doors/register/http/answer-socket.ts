// A socket without a network: it takes a request's bytes and forgets them, and gives the response it is told to.
// Node's own client reads from it, so that everything a program sees of a call is Node's own work.
import type { X509Certificate } from 'node:crypto'
import { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** The socket of a call that is answered here. */
export class AnswerSocket extends Socket {
  readonly #onLeft: () => void
  #resume: (() => void) | undefined
  #isWhole = false

  /** `onLeft` is called once, where the other side lets go of the socket before it has got everything. */
  constructor(onLeft: () => void) {
    super()
    this.#onLeft = onLeft
    // What an agent would put back into its pool.
    this.once('free', () => this.destroy())
  }

  /** Gives bytes to the reader; a promise where it has enough for now, kept when it wants more or is gone. */
  give(bytes: Uint8Array): Promise<void> | undefined {
    if (this.destroyed) return undefined
    // An inactivity timer starts anew with each arrival.
    if (this.timeout !== undefined && this.timeout > 0) this.setTimeout(this.timeout)
    if (this.push(bytes)) return undefined
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  /** Says which socket of the network the call goes over, where it does. */
  standFor(_real: Socket): void {}

  /** Everything has been given. */
  complete(): void {
    this.#isWhole = true
  }

  override _read(): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
  }

  override _write(_bytes: unknown, _encoding: unknown, done: (error?: Error | null) => void): void {
    done()
  }

  override _writev(_all: unknown, done: (error?: Error | null) => void): void {
    done()
  }

  override _final(done: (error?: Error | null) => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read()
    if (!this.#isWhole) this.#onLeft()
    this.setTimeout(0)
    done(error)
    // Sockets of the network close a turn later, and programs see the order.
    setImmediate(() => this.emit('close', error !== null))
  }
}

/**
 * The same for https: programs ask the socket of a secure call whether it is one. Of a call that goes over the network it
 * tells what the socket there tells.
 */
export class SecureAnswerSocket extends AnswerSocket {
  readonly encrypted = true
  readonly alpnProtocol = false
  #real: TLSSocket | undefined

  override standFor(real: Socket): void {
    if (!('getPeerCertificate' in real)) return
    this.#real = real as TLSSocket
    real.once('secureConnect', () => this.emit('secureConnect'))
  }

  get authorized(): boolean {
    return this.#real?.authorized ?? true
  }

  get authorizationError(): Error | null {
    return this.#real?.authorizationError ?? null
  }

  getPeerCertificate(isDetailed?: boolean): object {
    return this.#real?.getPeerCertificate(isDetailed) ?? {}
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    return this.#real?.getPeerX509Certificate()
  }

  getCertificate(): object {
    return this.#real?.getCertificate() ?? {}
  }

  getProtocol(): string | null {
    return this.#real?.getProtocol() ?? null
  }

  getCipher(): object {
    return this.#real?.getCipher() ?? {}
  }

  getSession(): undefined {
    return undefined
  }

  isSessionReused(): boolean {
    return false
  }
}
