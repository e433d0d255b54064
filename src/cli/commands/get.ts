// `cachette get URL`: one call through the cache; the body on stdout, a line about it on stderr.
import { Command } from 'commander'
import type { AdminAnswer } from '../../admin/admin.js'
import { describeCall, gather, parseUrl, type CallOptionTexts } from '../call-options.js'
import type { CommandContext } from '../context.js'
import { EXIT } from '../exit-codes.js'
import { bodyText, jsonBody, shownBodyText } from '../format/body.js'
import { formatDuration } from '../format/duration.js'
import { formatBytes } from '../format/figures.js'
import type { Frame } from '../frame.js'
import { UsageError } from '../usage-error.js'

interface GetCommandOptions extends CallOptionTexts {
  readonly ttl?: string
  readonly refresh?: true
}

const EXAMPLES = `
The body goes to stdout, one line about the answer to stderr. Ends with 1 for a status of 400 or above.

Examples:
  cachette get 'https://api.example.com/data?query=test' | jq .
  cachette get https://api.example.com/data --param query=test --header 'Accept-Language: fr'
  cachette get https://api.themoviedb.org/3/movie/550 --ttl 0.5 --refresh`

export function getCommand(frame: Frame): Command {
  return new Command('get')
    .description('ask for a URL through the cache')
    .argument('<url>', 'the whole URL, in quotes where it holds & or ?')
    .option('--service <name>', "the service to call it as (default: the one that claims the URL's host)")
    .option('--param <name=value>', 'a query parameter; may be given several times', gather)
    .option('--header <line>', "a header field, 'Name: value'; may be given several times", gather)
    .option('--ttl <hours>', 'keep the answer this long, fractions allowed')
    .option('--refresh', 'ask the origin whatever is stored')
    .addHelpText('after', EXAMPLES)
    .action((url: string, options: GetCommandOptions, command: Command) =>
      frame.run(command, async (context) => {
        const call = { ...describeCall(options), ...ttlOf(options.ttl), ...refreshOf(options) }
        const whole = parseUrl(url)
        const admin = await context.openAdmin()
        const answer = await admin.get(whole, { ...call, signal: context.interrupted })
        print(context, answer)
        return answer.status >= 400 ? EXIT.failed : EXIT.ok
      }),
    )
}

function ttlOf(text: string | undefined): { readonly ttlHours?: number } {
  if (text === undefined) return {}
  const ttlHours = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(ttlHours) && ttlHours >= 0) return { ttlHours }
  throw new UsageError(`--ttl '${text}' is not a number of hours, 0 or more, such as 6 or 0.5.`)
}

function refreshOf({ refresh }: GetCommandOptions): { readonly refresh?: true } {
  return refresh === true ? { refresh } : {}
}

function print(context: CommandContext, answer: AdminAnswer): void {
  if (context.isJson) return context.printJson({ ...answer, data: jsonBody(answer.data) })
  context.remark(context.remarkLayout.colours.dim(answerLine(answer)))
  const isTerminal = context.layout.columns !== undefined
  if (answer.data instanceof Uint8Array) {
    if (isTerminal)
      context.remark(`${formatBytes(answer.data.byteLength)} of bytes; send them to a file with '> file'`)
    else context.printBytes(answer.data)
  } else {
    context.print((isTerminal ? shownBodyText(answer.data) : bodyText(answer.data)) ?? 'null')
  }
}

/** `200 hit (fresh) from lmdb, 3 min old, fresh for 5 h 57 min`. */
function answerLine({ status, outcome, because, tier, ageMs, ttlMs }: AdminAnswer): string {
  const age = ageMs < 1_000 ? 'new' : `${formatDuration(ageMs)} old`
  const life = ttlMs > 0 ? `fresh for ${formatDuration(ttlMs)}` : 'not fresh'
  return `${status} ${outcome} (${because}) from ${tier}, ${age}, ${life}`
}
