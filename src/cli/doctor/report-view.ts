// The readable form of the doctor's findings: a line per check, and what to do below it. Pure.
import { cellWidth } from '../table/cell-width.js'
import { assertNever } from '../../shared/assert-never.js'
import type { Colours, Layout } from '../layout.js'
import { wrap } from '../table/fields.js'
import type { Check } from './check.js'

export function renderChecks(checks: readonly Check[], layout: Layout): string {
  const nameWidth = Math.max(...checks.map(({ name }) => cellWidth(name)))
  const gap = ' '.repeat(6 + nameWidth + 2)
  const width = layout.columns === undefined ? Infinity : layout.columns - gap.length
  const lines = checks.flatMap(({ name, status, detail, advice }) => {
    const head = `${mark(status, layout.colours)}  ${name.padEnd(nameWidth)}  `
    const detailLines = wrap(detail, width)
    const adviceLines = advice === undefined ? [] : wrap(`→ ${advice}`, width)
    return [...detailLines, ...adviceLines].map((line, index) => (index === 0 ? head + line : gap + line))
  })
  return [...lines, '', sum(checks, layout.colours)].join('\n')
}

function mark(status: Check['status'], colours: Colours): string {
  switch (status) {
    case 'ok':
      return colours.green('ok  ')
    case 'warn':
      return colours.yellow('warn')
    case 'fail':
      return colours.red('fail')
    default:
      return assertNever(status)
  }
}

function sum(checks: readonly Check[], colours: Colours): string {
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length
  const [failures, warnings] = [count('fail'), count('warn')]
  if (failures > 0) return colours.red(`${failures} failed, ${warnings} to look at`)
  return warnings > 0 ? colours.yellow(`works, with ${warnings} to look at`) : colours.green('all is well')
}
