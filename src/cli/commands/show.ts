// `cachette show KEY|URL`: one stored entry with its headers and body.
import { Command } from 'commander'
import type { EntryDetails } from '../../model/entry-summary.js'
import {
  describeCall,
  gather,
  looksLikeUrl,
  parseUrl,
  withoutQuery,
  type CallOptionTexts,
} from '../call-options.js'
import { EXIT } from '../exit-codes.js'
import { entryFields } from '../explain/entry-fields.js'
import { jsonBody, bodyText, shownBodyText } from '../format/body.js'
import { formatBytes } from '../format/figures.js'
import type { Frame } from '../frame.js'
import type { Layout } from '../layout.js'
import { renderFields } from '../table/fields.js'

const EXAMPLES = `
A URL finds the entry of a GET of it. Ends with 1 where nothing is stored.

Examples:
  cachette show 'https://api.example.com/data?query=test'
  cachette show 5fK2cN7q                  the beginning of a key, as 'cachette list' shows it
  cachette show 5fK2cN7q --json | jq .data`

export function showCommand(frame: Frame): Command {
  return new Command('show')
    .description('show a stored entry with its headers and body')
    .argument('<key|url>', 'a key, the beginning of one, or a whole URL')
    .option(
      '--service <name>',
      'for a URL: the service it was called as (default: the one that claims its host)',
    )
    .option('--param <name=value>', 'for a URL: a query parameter; may be given several times', gather)
    .option('--header <line>', "for a URL: a header field, 'Name: value'; may be given several times", gather)
    .addHelpText('after', EXAMPLES)
    .action((keyOrUrl: string, options: CallOptionTexts, command: Command) =>
      frame.run(command, async (context) => {
        const wanted = looksLikeUrl(keyOrUrl) ? parseUrl(keyOrUrl) : keyOrUrl
        const call = describeCall(options)
        const admin = await context.openAdmin()
        const entry = await admin.entry(wanted, call)
        if (entry === undefined) {
          if (context.isJson) context.printJson(null)
          context.remark(`nothing is stored for '${withoutQuery(keyOrUrl)}'; 'cachette list' shows what is.`)
          return EXIT.failed
        }
        if (context.isJson) context.printJson({ ...entry, data: jsonBody(entry.data) })
        else context.print(renderEntry(entry, context.layout, Date.now()))
        return EXIT.ok
      }),
    )
}

function renderEntry(entry: EntryDetails, layout: Layout, nowMs: number): string {
  const { colours } = layout
  const heading = renderFields(
    [
      { name: 'key', value: entry.key },
      { name: 'service', value: entry.service },
      { name: 'request', value: `${entry.method} ${entry.url}` },
      ...entryFields(entry, nowMs),
      ...(entry.isPurged
        ? [{ name: 'purged', value: 'yes: it will not be served', style: colours.yellow }]
        : []),
    ],
    layout,
  )
  const headers = renderFields(
    entry.headers.map(([name, value]) => ({ name, value })),
    layout,
    '  ',
  )
  const shown = layout.columns === undefined ? bodyText(entry.data) : shownBodyText(entry.data)
  const body = shown ?? `${formatBytes(entry.sizeBytes)} of bytes; --json gives them as base64`
  return `${heading}\n\n${colours.bold('headers')}\n${headers}\n\n${colours.bold('body')}\n${body}`
}
