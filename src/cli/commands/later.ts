// Commands whose names are settled but which this version does not have: refused, never ignored.
import { Command } from 'commander'
import type { Frame } from '../frame.js'
import { UsageError } from '../usage-error.js'

export function laterCommand(frame: Frame, name: string): Command {
  return new Command(name)
    .allowUnknownOption()
    .argument('[args...]')
    .action((_args: readonly string[], _options: unknown, command: Command) =>
      frame.run(command, () =>
        Promise.reject(
          new UsageError(`'cachette ${name}' is not in this version; 'cachette --help' lists what is.`),
        ),
      ),
    )
}
