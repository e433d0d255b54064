import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CachetteError } from '../errors/cachette-error.js'
import { loadConfigFile } from './config-file.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachette-config-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('a config file', () => {
  it.each([
    ['cachette.config.ts', "const ttl: string = '1h'\nexport default { defaults: { ttl } }\n"],
    ['cachette.config.js', "module.exports = { defaults: { ttl: '1h' } }\n"],
    ['cachette.config.mjs', "export default { defaults: { ttl: '1h' } }\n"],
    ['cachette.config.json', '{ "defaults": { "ttl": "1h" } }\n'],
  ])('%s is read from a folder below', async (name, text) => {
    await writeFile(join(folder, name), text)
    const below = join(folder, 'src', 'deep')
    await mkdir(below, { recursive: true })
    const found = await loadConfigFile(below)
    expect(found).toMatchObject({ path: join(folder, name), folder, options: { defaults: { ttl: '1h' } } })
  })

  it.each([
    ['cachette.config.json', '{ "defaults": '],
    ['cachette.config.mjs', 'export default {'],
    ['cachette.config.ts', "throw new Error('on purpose')"],
  ])('%s that cannot be read is named', async (name, text) => {
    await writeFile(join(folder, name), text)
    const error = await loadConfigFile(folder).catch((reason: unknown) => reason)
    expect(CachetteError.is(error) && error.code).toBe('CACHETTE_CONFIG')
    expect((error as Error).message).toContain(join(folder, name))
    expect((error as Error).cause).toBeInstanceOf(Error)
  })

  it('is not there where no folder above has one', async () => {
    expect(await loadConfigFile(folder)).toBeUndefined()
  })
})
