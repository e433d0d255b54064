// The command line as a whole: its commands, in the order in which help lists them, and its global options.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { demoCommand } from './commands/demo.js'
import { doctorCommand } from './commands/doctor.js'
import { explainCommand } from './commands/explain.js'
import { getCommand } from './commands/get.js'
import { laterCommand } from './commands/later.js'
import { listCommand } from './commands/list.js'
import { metricsCommand } from './commands/metrics.js'
import { purgeCommand } from './commands/purge.js'
import { quotaCommand } from './commands/quota.js'
import { showCommand } from './commands/show.js'
import { warmCommand } from './commands/warm.js'
import { EXIT_CODES_HELP } from './exit-codes.js'
import type { Frame } from './frame.js'

const EXAMPLES_HELP = `
Examples:
  cachette metrics                                   hit rate and more, of every process on the store
  cachette get 'https://api.themoviedb.org/3/movie/550'
  cachette explain 'https://api.themoviedb.org/3/movie/550'
  cachette warm --iterations 50                      popular requests of every service with credentials
  cachette purge --service tmdb
  cachette metrics --json | jq .hitRate`

/** Streams that help, version and usage errors go to. */
export interface ProgramStreams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

export function createProgram(frame: Frame, streams: ProgramStreams): Command {
  const program = new Command('cachette')
    .description('One cache between your application and the APIs it does not own.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print JSON on stdout instead of text for people')
    .option('--store <where>', "the store instead of CACHETTE_STORE, such as 'lmdb:./.cachette'")
    .addHelpText('after', EXAMPLES_HELP + '\n' + EXIT_CODES_HELP)
  program.addCommand(metricsCommand(frame))
  program.addCommand(warmCommand(frame))
  program.addCommand(demoCommand(frame))
  program.addCommand(getCommand(frame))
  program.addCommand(listCommand(frame))
  program.addCommand(showCommand(frame))
  program.addCommand(explainCommand(frame))
  program.addCommand(purgeCommand(frame))
  program.addCommand(quotaCommand(frame))
  program.addCommand(doctorCommand(frame))
  program.addCommand(laterCommand(frame, 'serve'), { hidden: true })
  for (const command of [program, ...program.commands]) settle(command, streams)
  return program
}

/** What commands added with addCommand do not inherit: exceptions instead of exits, streams, help's form. */
function settle(command: Command, streams: ProgramStreams): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError(`(cachette ${command.parent === null ? '' : `${command.name()} `}--help tells more)`)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String(Reflect.get(Object(manifest), 'version'))
}
