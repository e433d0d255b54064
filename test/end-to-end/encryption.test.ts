import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Cachette, createCachette } from '../../src/create-cachette.js'
import { newFolder, openOrigin, openWorld } from '../helpers/cache-world.js'
import { keyText } from '../helpers/encryption-keys.js'
import { describeWithRedis, startRedis, type RedisServer } from '../helpers/redis-server.js'

const KEY = keyText('7e')
const OTHER = keyText('5d')
const TITLE = 'A title that only the body has'
const json = { status: 200, headers: { 'content-type': 'application/json', 'x-origin-says': 'hello-there' } }

function bytesIn(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))))
}

/** Which of the words stand in any file of a folder, as text of either width. */
function wordsIn(folder: string, words: readonly string[]): string[] {
  const bytes = bytesIn(folder)
  return words.filter((word) => bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le')))
}

describe('an instance with CACHETTE_ENCRYPTION_KEY', () => {
  it('leaves nothing readable in its store: no URL, body, header, tag, service or key', async () => {
    const folder = newFolder()
    const large = JSON.stringify({ title: TITLE, filler: 'words of a long body '.repeat(60_000) })
    const words = [TITLE, 'words of a long', '/path-of-call', 'query-of-call', 'hello-there', 'tag-of-call']
    words.push('my_service', 'x-origin-says', 'tag-of-purge', 'application/json', 'purge-of-url', KEY)
    const use = async (store: string, env: Record<string, string>): Promise<void> => {
      const world = await openWorld({ store: `lmdb:${store}`, env })
      world.origin.on('/path-of-call', { ...json, body: JSON.stringify({ title: TITLE }) })
      world.origin.on('/path-of-call/large', { ...json, body: large })
      const call = { params: { q: 'query-of-call' }, tags: ['tag-of-call'] }
      expect((await world.api.fetchExternal('/path-of-call', call)).outcome).toBe('miss')
      expect((await world.api.fetchExternal('/path-of-call', call)).outcome).toBe('hit')
      expect((await world.api.fetchExternal('/path-of-call/large')).status).toBe(200)
      await world.cachette.purge({ tag: 'tag-of-purge' })
      await world.cachette.purge({ url: `${world.origin.url}/purge-of-url` })
      await world.cachette.metrics()
      await world.cachette.close()
    }
    await use(join(folder, 'encrypted'), { CACHETTE_ENCRYPTION_KEY: KEY })
    expect(wordsIn(join(folder, 'encrypted'), words)).toEqual([])
    await use(join(folder, 'plain'), {})
    expect(wordsIn(join(folder, 'plain'), words)).toEqual(expect.arrayContaining([TITLE, 'my_service']))
  })

  it('answers from the store after it was closed and opened again', async () => {
    const [folder, origin] = [newFolder(), await openOrigin()]
    origin.on('/x', { ...json, body: JSON.stringify({ title: TITLE }) })
    const outcomes: unknown[] = []
    for (let round = 0; round < 2; round += 1) {
      const world = await openWorld({
        origin,
        memory: false,
        store: `lmdb:${folder}`,
        env: { CACHETTE_ENCRYPTION_KEY: KEY },
      })
      const { outcome, tier, data } = await world.api.fetchExternal('/x')
      outcomes.push([outcome, tier, data])
      await world.cachette.close()
    }
    const data = { title: TITLE }
    expect(outcomes).toEqual([
      ['miss', 'origin', data],
      ['hit', 'lmdb', data],
    ])
  })

  it('is refused as a wrong setting where the store is under another key, or a key is missing', async () => {
    const folder = newFolder()
    const open = (env: Record<string, string>): Promise<Cachette> =>
      createCachette({ store: `lmdb:${folder}`, env })
    await (await open({ CACHETTE_ENCRYPTION_KEY: KEY })).close()
    const before = bytesIn(folder)
    await expect(open({ CACHETTE_ENCRYPTION_KEY: OTHER })).rejects.toMatchObject({
      code: 'CACHETTE_CONFIG',
      message: expect.stringMatching(
        /^CACHETTE_ENCRYPTION_KEY does not open the store in .*: it was written under another key; give that key/,
      ) as string,
    })
    await expect(open({})).rejects.toMatchObject({
      code: 'CACHETTE_CONFIG',
      message: expect.stringMatching(
        /^CACHETTE_ENCRYPTION_KEY is not set, but the store in .* is encrypted/,
      ) as string,
    })
    expect(bytesIn(folder).equals(before)).toBe(true)
    const rotated = { CACHETTE_ENCRYPTION_KEY: OTHER, CACHETTE_ENCRYPTION_KEY_PREVIOUS: KEY }
    await (await open(rotated)).close()
    await (await open({ CACHETTE_ENCRYPTION_KEY: OTHER })).close()
  })

  it('warns once where it turns encryption on for a store that had none', async () => {
    const folder = newFolder()
    await (await createCachette({ store: `lmdb:${folder}`, env: {} })).close()
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => warnings.mockRestore())
    const open = () => createCachette({ store: `lmdb:${folder}`, env: { CACHETTE_ENCRYPTION_KEY: KEY } })
    for (let round = 0; round < 2; round += 1) await (await open()).close()
    expect(warnings.mock.calls.map(([message]) => message)).toEqual([
      expect.stringContaining('was not encrypted. It was removed, and a new one begun'),
    ])
  })

  it('shows no key in health, figures, explanations, lists, events, errors or itself', async () => {
    const env = { CACHETTE_ENCRYPTION_KEY: KEY, CACHETTE_ENCRYPTION_KEY_PREVIOUS: OTHER }
    const { cachette, api, origin, heard } = await openWorld({ store: `lmdb:${newFolder()}`, env })
    origin.on('/x', { ...json, body: '{}' })
    await api.fetchExternal('/x')
    const failure: unknown = await api.getExternal('/none').catch((error: unknown) => error)
    const shown = [
      await cachette.health(),
      await cachette.metrics(),
      await cachette.explain(`${origin.url}/x`),
      await cachette.list(),
      heard,
      failure,
      cachette,
    ]
    const text = shown
      .map((one) => inspect(one, { depth: 12, showHidden: true }) + JSON.stringify(one))
      .join('\n')
    const forms = [KEY, OTHER].flatMap((key) => [key, Buffer.from(key, 'hex').toString('base64')])
    expect(forms.filter((form) => text.includes(form.slice(0, 16)))).toEqual([])
    expect(await cachette.health()).toMatchObject({
      tiers: [{ tier: 'memory' }, { tier: 'lmdb', encryption: { entriesUnderOlderKeys: 0 } }],
    })
  })

  it('is refused for a store that it would not encrypt', async () => {
    const keyv = { get: async () => undefined, set: async () => true, delete: async () => true }
    const open = createCachette({ store: { type: 'keyv', keyv }, env: { CACHETTE_ENCRYPTION_KEY: KEY } })
    await expect(open).rejects.toMatchObject({
      code: 'CACHETTE_CONFIG',
      message: expect.stringMatching(/^CACHETTE_ENCRYPTION_KEY with a keyv store is not in this/) as string,
    })
  })
})

describeWithRedis('an instance on Redis with CACHETTE_ENCRYPTION_KEY', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())

  it('shares answers, purges and figures with others that have the key', async () => {
    const origin = await openOrigin()
    origin.on('/x', { ...json, body: JSON.stringify({ title: TITLE }) })
    const env = { CACHETTE_ENCRYPTION_KEY: KEY }
    const options = { origin, memory: false as const, store: server.url, env }
    const [one, other] = [await openWorld(options), await openWorld(options)]
    expect((await one.api.fetchExternal('/x')).outcome).toBe('miss')
    await vi.waitFor(async () => {
      const { outcome, data } = await other.api.fetchExternal('/x')
      expect([outcome, data]).toEqual(['hit', { title: TITLE }])
    })
    await other.cachette.purge({ service: 'my_service' })
    await vi.waitFor(async () => expect((await one.api.fetchExternal('/x')).outcome).toBe('miss'))
    await one.cachette.metrics()
    const { tiers } = await one.cachette.health()
    expect(tiers).toMatchObject([{ tier: 'redis', encryption: { entriesUnderOlderKeys: 0 } }])
    await Promise.all([one.cachette.close(), other.cachette.close()])
    expect(await server.command('EVAL', COUNT_PLAIN, '0', TITLE, 'my_service', '/x')).toBe(0)
  })

  it('is refused as a wrong setting where the store is under another key, or a key is missing', async () => {
    const open = (env: Record<string, string>, store: unknown = server.url): Promise<Cachette> =>
      createCachette({ store: store as string, env })
    await (await open({ CACHETTE_ENCRYPTION_KEY: KEY })).close()
    const folder = newFolder()
    for (const env of [{ CACHETTE_ENCRYPTION_KEY: OTHER }, {}]) {
      for (const store of [
        server.url,
        [`lmdb:${join(folder, String(Object.keys(env).length))}`, server.url],
      ]) {
        await expect(open(env, store)).rejects.toMatchObject({
          code: 'CACHETTE_CONFIG',
          message: expect.stringMatching(/^CACHETTE_ENCRYPTION_KEY .*the store redis:/) as string,
        })
      }
    }
  })
})

/** How many strings on the server have one of the words in their name or value. */
const COUNT_PLAIN = `
local found = 0
for _, key in ipairs(redis.call('KEYS', '*')) do
  local value = redis.call('DUMP', key)
  for _, word in ipairs(ARGV) do
    if key:find(word, 1, true) or value:find(word, 1, true) then found = found + 1 end
  end
end
return found`
