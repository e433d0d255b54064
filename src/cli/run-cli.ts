// Runs one command line from arguments to exit code: contexts, failures and the closing of what was opened.
import { CommanderError, type Command } from 'commander'
import type { Admin } from '../admin/admin.js'
import type { CommandContext } from './context.js'
import { describeFailure, traceOf } from './describe-failure.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import type { Frame } from './frame.js'
import { createInterrupt } from './interrupt.js'
import { layoutOf } from './layout.js'
import { createProgram } from './program.js'
import { UsageError } from './usage-error.js'

/** The process, as far as the command line uses it. */
export interface CliWorld {
  readonly environment: Record<string, string | undefined>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly openAdmin: CommandContext['openAdmin']
  /** Grows as the library warns. Default: none. */
  readonly warnings?: readonly string[]
}

/** Options that every command takes. */
interface GlobalOptions {
  readonly json?: true
  readonly store?: string
}

/** Runs the command that the arguments name. Never rejects. */
export async function runCli(args: readonly string[], world: CliWorld): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok
  const frame: Frame = {
    async run(command, work) {
      exitCode = await runWork(command, work, world)
    },
  }
  const isJson = args.includes('--json')
  const usageErrors = { write: (text: string) => isJson || world.stderr.write(text) }
  try {
    const program = createProgram(frame, { stdout: world.stdout, stderr: usageErrors })
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, isJson, world)
    // Commander's code 0 is for --help and --version; other errors it has printed itself, as text.
    if (error.exitCode === 0) return EXIT.ok
    if (isJson) report(new UsageError(error.message.replace(/^error: /, '')), isJson, world)
    return EXIT.usage
  }
  return exitCode
}

async function runWork(
  command: Command,
  work: (context: CommandContext) => Promise<ExitCode>,
  world: CliWorld,
): Promise<ExitCode> {
  const options = command.optsWithGlobals<GlobalOptions>()
  const isJson = options.json === true
  // The default instance reads its store's place from the environment.
  if (options.store !== undefined) world.environment['CACHETTE_STORE'] = options.store
  const interrupt = createInterrupt()
  let admin: Promise<Admin> | undefined
  const context: CommandContext = {
    isJson,
    layout: layoutOf(world.stdout, world.environment),
    remarkLayout: layoutOf(world.stderr, world.environment),
    remarkStream: world.stderr,
    warnings: world.warnings ?? [],
    environment: world.environment,
    print: (text) => void world.stdout.write(`${text}\n`),
    printJson: (value, form) =>
      void world.stdout.write(`${JSON.stringify(value, undefined, form === 'line' ? 0 : 2)}\n`),
    printBytes: (bytes) => void world.stdout.write(bytes),
    remark: (text) => void world.stderr.write(`${text}\n`),
    openAdmin: (which) => (admin ??= world.openAdmin(which)),
    get interrupted() {
      return interrupt.signal()
    },
  }
  try {
    return await work(context)
  } catch (error) {
    if (interrupt.isInterrupted()) return EXIT.interrupted
    return report(error, isJson, world)
  } finally {
    await closeQuietly(admin, world)
    interrupt.release()
  }
}

/** Says what went wrong: one sentence, or one JSON object, on stderr; the stack only with CACHETTE_DEBUG=1. */
function report(error: unknown, isJson: boolean, world: CliWorld): ExitCode {
  const failure = describeFailure(error)
  const { colours } = layoutOf(world.stderr, world.environment)
  const text = isJson
    ? JSON.stringify({ error: failure.details })
    : `${colours.red('error:')} ${failure.message}`
  world.stderr.write(`${text}\n`)
  if (world.environment['CACHETTE_DEBUG'] === '1') world.stderr.write(`${traceOf(error)}\n`)
  return failure.exitCode
}

/** An admin that never opened has been reported already; one that fails to close costs a remark. */
async function closeQuietly(admin: Promise<Admin> | undefined, world: CliWorld): Promise<void> {
  const opened = await admin?.catch(() => undefined)
  await opened?.close().catch((error: unknown) => {
    world.stderr.write(`warning: the store did not close cleanly: ${describeFailure(error).message}\n`)
  })
}
