// What a command file is given to run its work in; the same for every command.
import type { Command } from 'commander'
import type { CommandContext } from './context.js'
import type { ExitCode } from './exit-codes.js'

/**
 * Runs a command's work. A command file exports one function that makes its command:
 *
 * ```ts
 * export function listCommand(frame: Frame): Command {
 *   return new Command('list')
 *     .description('…')
 *     .option('--limit <count>', '…')
 *     .action((options: ListOptions, command: Command) =>
 *       frame.run(command, async (context) => { …; return EXIT.ok }))
 * }
 * ```
 *
 * Global options (`--json`, `--store`) are read here, so that no command declares them. What the work throws
 * becomes one sentence on stderr and an exit code.
 */
export interface Frame {
  run(command: Command, work: (context: CommandContext) => Promise<ExitCode>): Promise<void>
}
