// `cachette warm`: asks for popular requests again and again, and says what hit rate that reaches.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Admin } from '../../admin/admin.js'
import type { CommandContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { counted } from '../format/figures.js'
import type { Frame } from '../frame.js'
import { positiveInteger } from '../positive-integer.js'
import { createProgress } from '../progress.js'
import { UsageError } from '../usage-error.js'
import { popularList, type PopularList } from '../warm/popular-list.js'
import { isWarm, renderWarmReport } from '../warm/report-view.js'
import { checkServices, runWarm } from '../warm/run-warm.js'
import { openThrowawayCache } from '../warm/throwaway-cache.js'
import { parseUrlFile, type WarmRequest } from '../warm/url-file.js'

interface WarmOptions {
  readonly service?: string
  readonly file?: string
  readonly iterations: string
  readonly concurrency: string
  readonly demo?: true
}

/** What is warmed together is not to expire together. */
const WARM_JITTER = 0.1
const MOST_ITERATIONS = 100_000
const MOST_CONCURRENT = 1_000

const EXAMPLES = `
The file of --file has one URL per line, or 'service URL'; '#' begins a comment line.
Ends with 1 where the hit rate stays under 40 %, or where every call failed.

Examples:
  cachette warm --service tmdb --iterations 10
  cachette warm --file urls.txt --concurrency 8
  cachette warm --demo                    no keys and no network needed`

export function warmCommand(frame: Frame): Command {
  return new Command('warm')
    .alias('test_cache_warming')
    .description('fill the cache with popular requests and show the hit rate that it reaches')
    .option('--service <name>', 'only this service; with --file, the service of lines that name none')
    .option('--file <urls>', "ask for the URLs of a file instead of the services' own lists")
    .option('--iterations <count>', 'how often to go through the list', '50')
    .option('--concurrency <count>', 'how many calls at a time', '4')
    .option('--demo', 'call an API of our own on this machine, with a store that is thrown away')
    .addHelpText('after', EXAMPLES)
    .action((options: WarmOptions, command: Command) =>
      frame.run(command, async (context) => {
        refuseDemoWithFile(options)
        const iterations = positiveInteger('--iterations', options.iterations, MOST_ITERATIONS)
        const concurrency = positiveInteger('--concurrency', options.concurrency, MOST_CONCURRENT)
        // Bad lines are found before anything is opened or called.
        const fromFile = options.file === undefined ? undefined : readUrlFile(options.file, options.service)
        const demo = options.demo === true ? await openThrowawayCache(context) : undefined
        try {
          const admin = demo?.admin ?? (await context.openAdmin({ jitter: WARM_JITTER }))
          const list = fromFile ?? popularList(await admin.services(), options.service)
          await checkServices(admin, list.requests)
          return await warm(context, admin, list, { iterations, concurrency })
        } finally {
          await demo?.close()
        }
      }),
    )
}

function refuseDemoWithFile({ demo, file }: WarmOptions): void {
  if (demo === true && file !== undefined) {
    throw new UsageError("--demo warms with the demo's own requests; leave out --file, or --demo.")
  }
}

async function warm(
  context: CommandContext,
  admin: Admin,
  list: PopularList,
  { iterations, concurrency }: { readonly iterations: number; readonly concurrency: number },
): Promise<ExitCode> {
  const { requests, skipped } = list
  // Taken over before anything is printed, so that an early Ctrl-C ends cleanly too.
  const { interrupted } = context
  if (!context.isJson) {
    for (const { service, because } of skipped) context.print(`skipped ${service}: ${because}`)
    context.print(
      `warming with ${counted(requests.length, 'request', 'requests')}, ${counted(iterations, 'time', 'times')}\n`,
    )
  }
  const progress = createProgress(context, 'warming', requests.length * iterations)
  const report = await runWarm(admin, {
    requests,
    iterations,
    concurrency,
    interrupted,
    onAdvance: progress.advance,
  }).finally(progress.stop)
  if (context.isJson) context.printJson({ ...report, isWarm: isWarm(report), skipped })
  else context.print(renderWarmReport(report, context.layout))
  if (report.isInterrupted) return EXIT.interrupted
  return isWarm(report) ? EXIT.ok : EXIT.failed
}

function readUrlFile(fileName: string, service: string | undefined): PopularList {
  let text: string
  try {
    text = readFileSync(fileName, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      `--file '${fileName}' cannot be read (${reason}); give a file with one URL per line.`,
    )
  }
  const requests = parseUrlFile(text, fileName).map((request): WarmRequest => ({
    service: request.service ?? service,
    url: request.url,
  }))
  return { requests, skipped: [] }
}
