// `cachette list`: the entries of the store, a page at a time.
import { Command } from 'commander'
import type { EntryPage } from '../../admin/admin.js'
import type { EntrySummary } from '../../model/entry-summary.js'
import { EXIT } from '../exit-codes.js'
import { formatDuration } from '../format/duration.js'
import { formatBytes } from '../format/figures.js'
import type { Frame } from '../frame.js'
import type { Layout } from '../layout.js'
import { positiveInteger } from '../positive-integer.js'
import { renderTable, type Cell, type Column } from '../table/table.js'

interface ListOptions {
  readonly service?: string
  readonly query?: string
  readonly limit: string
  readonly cursor?: string
}

const MOST_ENTRIES = 1_000

const EXAMPLES = `
Keys may be cut on a terminal: 'cachette show' takes the beginning of one, too.

Examples:
  cachette list --service tmdb --query /movie/
  cachette list --json | jq -r '.entries[].url'`

export function listCommand(frame: Frame): Command {
  return new Command('list')
    .description('list stored entries')
    .option('--service <name>', 'only entries of this service')
    .option('--query <text>', 'only entries whose URL contains this, in any case')
    .option('--limit <count>', `at most this many, up to ${MOST_ENTRIES}`, '50')
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addHelpText('after', EXAMPLES)
    .action((options: ListOptions, command: Command) =>
      frame.run(command, async (context) => {
        const limit = positiveInteger('--limit', options.limit, MOST_ENTRIES)
        const admin = await context.openAdmin()
        const page = await admin.list({ ...options, limit })
        if (context.isJson) context.printJson(page)
        else {
          context.print(renderPage(page, context.layout, Date.now()))
          if (page.cursor !== undefined) context.remark(`more: repeat with --cursor '${page.cursor}'`)
        }
        return EXIT.ok
      }),
    )
}

const COLUMNS: readonly Column[] = [
  { title: 'key', minWidth: 9 },
  { title: 'service', minWidth: 7, dropOrder: 5 },
  { title: 'status' },
  { title: 'size', align: 'right', dropOrder: 2 },
  { title: 'age', align: 'right', dropOrder: 3 },
  { title: 'fresh for', align: 'right', dropOrder: 4 },
  { title: 'tier', dropOrder: 1 },
  { title: 'request', minWidth: 30, cut: 'middle' },
]

function renderPage(page: EntryPage, layout: Layout, nowMs: number): string {
  if (page.entries.length === 0) return 'no entries'
  return renderTable(
    COLUMNS,
    page.entries.map((entry) => rowOf(entry, layout, nowMs)),
    layout,
  )
}

function rowOf(entry: EntrySummary, layout: Layout, nowMs: number): readonly Cell[] {
  const isStale = entry.staleAtMs <= nowMs
  const life = isStale ? 'stale' : formatDuration(entry.staleAtMs - nowMs)
  return [
    entry.key,
    entry.service,
    { text: String(entry.status), style: entry.status >= 400 ? layout.colours.yellow : layout.colours.green },
    formatBytes(entry.sizeBytes),
    formatDuration(Math.max(1_000, nowMs - entry.storedAtMs)),
    { text: life, style: isStale ? layout.colours.yellow : layout.colours.green },
    entry.tier,
    `${entry.method} ${entry.url}`,
  ]
}
