#!/usr/bin/env node
// The command line's entry: hands the process to runCli and its result to the exit code.
import { openLocalAdmin } from '../admin/open-local-admin.js'
import { runCli } from './run-cli.js'

// `cachette … | head` closes the pipe early: that is the reader's right, not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

// The library's warnings as remarks of this program; Node's own form, and other warnings, are for debugging.
const warnings: string[] = []
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'CachetteWarning') {
    if (process.env['CACHETTE_DEBUG'] === '1') process.stderr.write(`${name}: ${message}\n`)
    return
  }
  const text = message.replace(/^cachette: /, '')
  warnings.push(text)
  process.stderr.write(`warning: ${text}\n`)
})

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  openAdmin: openLocalAdmin,
  warnings,
})
