// What a table must say about where it was measured: date, machine, Node and package versions.
import { readFileSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'

/** The machine and runtime, as they go into a results file. */
export function describeMachine() {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  }
}

/** The version of an installed package of the bench, or undefined. */
export function versionOf(name) {
  return readVersion(new URL(`../node_modules/${name}/package.json`, import.meta.url))
}

/** The version of an installed package of Cachette's own, or undefined. */
export function packageVersion(name) {
  return readVersion(new URL(`../../node_modules/${name}/package.json`, import.meta.url))
}

/** The version of Cachette in this checkout. */
export function cachetteVersion() {
  return readVersion(new URL('../../package.json', import.meta.url))
}

function readVersion(url) {
  try {
    return JSON.parse(readFileSync(url, 'utf8')).version
  } catch {
    return undefined
  }
}
