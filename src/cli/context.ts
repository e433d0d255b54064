// What every command gets: where to print, what was set for all commands, and the cache to ask, opened on demand.
import type { Admin } from '../admin/admin.js'
import type { DefaultInstanceOf, IsolatedInstance } from '../admin/open-local-admin.js'
import type { Layout } from './layout.js'

/** The world of one run of one command. */
export interface CommandContext {
  /** True for `--json`: print nothing on stdout but JSON. */
  readonly isJson: boolean
  readonly layout: Layout
  /** The layout of stderr, where progress and remarks go. */
  readonly remarkLayout: Layout
  /** stderr itself, for the progress bar. */
  readonly remarkStream: NodeJS.WritableStream
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Prints readable text on stdout, with a line end. */
  print(text: string): void
  /** Prints one JSON value on stdout: indented, or on one line when it is one of several. */
  printJson(value: unknown, form?: 'indented' | 'line'): void
  /** Writes bytes to stdout as they are. */
  printBytes(bytes: Uint8Array): void
  /** A remark for people on stderr: never part of the result. */
  remark(text: string): void
  /** What the library warned of so far; each has been shown on stderr. */
  readonly warnings: readonly string[]
  /**
   * Opens the cache, once; it is closed, and its figures flushed, when the command ends. Without an argument it
   * is the default instance: environment, config file, and the store beside it.
   */
  openAdmin(which?: IsolatedInstance | DefaultInstanceOf): Promise<Admin>
  /**
   * Aborted by the first Ctrl-C (and SIGTERM). Reading it takes over the signal, so only commands that end cleanly by themselves
   * should; a second Ctrl-C ends the process at once.
   */
  readonly interrupted: AbortSignal
}
