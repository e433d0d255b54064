// Writes docs/reliability.md: what callers saw when things went wrong. Every figure in it was measured.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { DRILLS } from './drill-list.js'
import type { DrillReport, SceneReport } from './stage/drill.js'
import { waitWithin } from './stage/tally.js'

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const ROOT = new URL('../../', import.meta.url)

const HEAD = `# Reliability

What callers see when something goes wrong, played with real processes, a real redis-server, real disks and an origin that
misbehaves on command. \`npm run drills\` plays all of it and writes this page; nothing on it is typed by hand. \`npm run drills -- --short\` plays short forms, and the checks play those of most.

Every caller holds every answer against what the origin would have sent for that URL: a body that is wrong, torn, of another
URL, or older than a purge that was acknowledged 100 ms before the call is counted as a wrong answer. *Slowest* is the longest
that any caller waited, beside the hard timeout where one was set. What a program could not help because the machine gave it no
time is told as *stood still*, and counted out. \`answered 500\` is the origin's own status, handed on. **✗** did not hold.
`

/** Puts reports in their places on the page; the others stay as they are. */
export async function writePage(reports: readonly DrillReport[]): Promise<void> {
  const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : ''
  const played = new Map(reports.map((report) => [report.name, sectionOf(report)]))
  const sections = DRILLS.flatMap(({ name }) => played.get(name) ?? sectionIn(before, name) ?? [])
  writeFileSync(PAGE, `${HEAD}\n${sections.join('\n')}`)
}

function sectionIn(page: string, name: string): string | undefined {
  const from = page.indexOf(begin(name))
  const to = page.indexOf(end(name))
  return from < 0 || to < from ? undefined : `${page.slice(from, to)}${end(name)}\n`
}

const begin = (name: string): string => `<!-- begin ${name} -->`
const end = (name: string): string => `<!-- end ${name} -->`

function sectionOf(report: DrillReport): string {
  const { name, title, promise, form, scenes } = report
  const played = scenes.filter(({ notPlayed }) => notPlayed === undefined)
  const rows = played.map(rowOf)
  const table = [
    '| fault | what was done | callers got | errors | 19 of 20 within | slowest | origin calls | checked, and found |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.map(cellText).join(' | ')} |`),
  ]
  const missing = scenes.flatMap(({ fault, notPlayed }) =>
    notPlayed === undefined ? [] : [`Not played: ${fault}: ${notPlayed}.`],
  )
  const command = `npm run drills -- ${name}${form === 'short' ? ' --short' : ''}`
  const origin = `Played ${new Date().toISOString().slice(0, 10)} in the ${form} form, ${machine()}. Again: \`${command}\`.`
  const parts = [begin(name), `## ${title}`, promise, table.join('\n'), ...missing, origin, end(name)]
  return `${parts.join('\n\n')}\n`
}

function rowOf(scene: SceneReport): readonly string[] {
  const { fault, done, processes, seconds, tally, hardTimeoutMs, originCalls, checks } = scene
  const extent = `${processes} processes, ${count(tally.calls)} calls, ${seconds.toFixed(1)} s`
  const limit = hardTimeoutMs === undefined ? '' : ` of ${count(hardTimeoutMs)}`
  return [
    fault,
    [...done, extent].join('; '),
    countsOf(tally.outcomes),
    countsOf(tally.errors),
    tally.calls === 0 ? '–' : `${waitWithin(tally, 0.95).toFixed(1)} ms`,
    tally.calls === 0 ? '–' : `${count(Math.round(tally.slowestMs))} ms${limit}`,
    originCalls === undefined ? '–' : count(originCalls),
    checks
      .map(({ what, isMet, seen }) => `${isMet ? '✓' : '**✗**'} ${what}${noteOf(isMet, seen)}`)
      .join('<br>'),
  ]
}

/** What was found is told where it says more than that the check was met. */
function noteOf(isMet: boolean, seen: string): string {
  const isBare = isMet && /^(\[\]|\{\}|true|false|undefined|)$/.test(seen)
  return isBare ? '' : ` (${seen.slice(0, 200)})`
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, one], [, other]) => other - one)
  return sorted.length === 0
    ? 'none'
    : sorted.map(([word, times]) => `${count(times)} \`${word}\``).join(', ')
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function machine(): string {
  const [first] = cpus()
  const versions = [
    `cachette ${versionOf(new URL('package.json', ROOT))}`,
    `lmdb ${versionOf(new URL('node_modules/lmdb/package.json', ROOT))}`,
    redisVersion(),
  ]
  const processor = first?.model.trim() ?? 'unknown processor'
  // What else the machine did shows in every wait.
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `on ${processor}, ${cpus().length} cores (load ${load} at the end), ${platform()} ${arch()}, Node ${process.version}, ${versions.join(', ')}`
}

function versionOf(file: URL): string {
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version)
}

function redisVersion(): string {
  try {
    const said = execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
    return `redis-server ${/v=([\d.]+)/.exec(said)?.[1] ?? 'of unknown version'}`
  } catch {
    return 'no redis-server'
  }
}
