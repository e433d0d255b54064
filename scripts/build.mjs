// Compiles src/ into dist/ with plain tsc, then makes what the package carries besides code.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'

const root = new URL('..', import.meta.url)
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

run(tsc, '-p', 'tsconfig.build.json')
if (existsSync(new URL('scripts/build-catalogue.mjs', root))) run('scripts/build-catalogue.mjs')
const command = new URL('dist/cli/main.js', root)
if (existsSync(command)) chmodSync(command, 0o755)
