// `cachette purge`: takes entries out of use, in every process, at once.
import { Command } from 'commander'
import type { PurgeReport } from '../../admin/admin.js'
import type { PurgeRequest } from '../../model/entry-summary.js'
import { parseUrl } from '../call-options.js'
import { EXIT } from '../exit-codes.js'
import { formatCount } from '../format/figures.js'
import type { Frame } from '../frame.js'
import { shownUrl } from '../../shared/shown-url.js'
import { UsageError } from '../usage-error.js'

const EXAMPLES = `
Several conditions must all match. Every process on the store sees the purge within a tenth of a second.

Examples:
  cachette purge --service tmdb --tag movie:550
  cachette purge --url 'https://api.example.com/data?query=test'
  cachette purge --url 'https://api.example.com/v1/movie/*'       all that lies below /v1/movie/
  cachette purge --all --soft             ask again before serving, but keep the answers for rescue`

export function purgeCommand(frame: Frame): Command {
  return new Command('purge')
    .description('take entries out of use')
    .option('--service <name>', 'entries of this service')
    .option('--url <url>', 'entries of this URL; with /* at its end, of all URLs below it')
    .option('--tag <tag>', 'entries with this tag')
    .option('--all', 'every entry')
    .option('--soft', 'make them stale instead of removing them')
    .addHelpText('after', EXAMPLES)
    .action((options: PurgeRequest, command: Command) =>
      frame.run(command, async (context) => {
        checkScope(options)
        const admin = await context.openAdmin()
        const report = await admin.purge(options)
        if (context.isJson) context.printJson(report)
        else context.print(purgeSentence(options, report))
        return EXIT.ok
      }),
    )
}

function checkScope({ service, url, tag, all }: PurgeRequest): void {
  if ((service ?? url ?? tag ?? all) === undefined) {
    throw new UsageError('say what to purge: --service, --url, --tag, several of them, or --all.')
  }
  if (all === true && (service ?? url ?? tag) !== undefined) {
    throw new UsageError('--all purges every entry; leave it out to purge by --service, --url or --tag.')
  }
  if (url !== undefined) parseUrl(url)
}

/** What was done, in a sentence. */
function purgeSentence({ service, url, tag, soft }: PurgeRequest, { removed }: PurgeReport): string {
  const conditions = [
    ...(service === undefined ? [] : [`of service ${service}`]),
    ...(url === undefined
      ? []
      : [url.includes('*') ? `below ${shownUrl(url.trim().slice(0, -1))}` : 'of that URL']),
    ...(tag === undefined ? [] : [`with tag ${tag}`]),
  ]
  const which = `every entry${conditions.length === 0 ? '' : ` ${conditions.join(', ')}`} stored until now`
  const what = soft === true ? 'is stale from now on' : 'is out of use'
  const count = removed === null ? '' : ` (${formatCount(removed)} removed)`
  return `Purged: ${which} ${what}, in every process on the store${count}.`
}
