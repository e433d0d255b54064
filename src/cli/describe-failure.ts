// Turns whatever a command threw into one sentence, an exit code and a machine form.
import { EXIT, type ExitCode } from './exit-codes.js'
import { UsageError } from './usage-error.js'

/** A failure as the command line reports it. */
export interface Failure {
  readonly exitCode: ExitCode
  readonly message: string
  /** For `--json`: what the library's errors carry, without stack and body. */
  readonly details: Readonly<Record<string, unknown>>
}

const USAGE_CODES = new Set(['CACHETTE_CONFIG', 'CACHETTE_CREDENTIALS'])
const DETAIL_NAMES = ['service', 'url', 'status', 'attempts', 'retryAtMs'] as const

export function describeFailure(error: unknown): Failure {
  const code = codeOf(error)
  const isUsage = error instanceof UsageError || (code !== undefined && USAGE_CODES.has(code))
  const details: Record<string, unknown> = {}
  for (const name of DETAIL_NAMES) {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined
    if (value !== undefined) details[name] = value
  }
  return {
    exitCode: isUsage ? EXIT.usage : EXIT.failed,
    message: messageOf(error),
    details: { code: code ?? (isUsage ? 'USAGE' : 'UNEXPECTED'), message: messageOf(error), ...details },
  }
}

/** The stack with all its causes, for `CACHETTE_DEBUG=1`. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const trace = error.stack ?? error.message
  return error.cause === undefined ? trace : `${trace}\ncaused by: ${traceOf(error.cause)}`
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? error.name : error.message
}
