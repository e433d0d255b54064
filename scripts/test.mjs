// The test command: builds what the multi-process tests run, then hands over to the runner.
// `npm test -- Title` runs the suite of that title; `npm test -- path` the files that match.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs')

const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(build.status ?? 1)

const args = process.argv.slice(2)
const passed = []
for (let index = 0; index < args.length; index += 1) {
  const arg = args[index]
  const isTitle = /^[A-Z]\w*Tests$/.test(arg)
  passed.push(...(isTitle ? ['-t', arg] : [arg]))
}

const folder = mkdtempSync(join(tmpdir(), 'cachette-test-'))
const report = join(folder, 'report.json')
const run = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...passed],
  { cwd: root, stdio: 'inherit' },
)
const figures = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
rmSync(folder, { recursive: true, force: true })

const passedCount = figures?.numPassedTests ?? 0
const failedCount = figures?.numFailedTests ?? 0
const suiteFailures = figures?.numFailedTestSuites ?? 0
const status = run.status ?? 1
const failed = failedCount === 0 && (status !== 0 || suiteFailures > 0) ? 1 : failedCount
if (passedCount + failedCount === 0) console.error('No test ran: check the title or path given.')
console.log(`${passedCount} passed, ${failed} failed`)
process.exit(status !== 0 ? status : passedCount === 0 ? 1 : 0)
