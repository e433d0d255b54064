import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { refusalOf } from '../../test/helpers/refusal.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { resolveConfig } from './resolve-config.js'
import { readStoreOption } from './store-options.js'

const REDIS = {
  type: 'redis',
  url: 'redis://host:6379/0',
  prefix: 'cachette',
  timeoutMs: 40,
  maxEntryBytes: 16 * 1024 ** 2,
  compressAboveBytes: 32_768,
  topology: { kind: 'single' },
}
const KEYV = { get: () => 1, set: () => 1, delete: () => 1 }
const redis = (more: object): object => ({ type: 'redis', url: 'redis://host:6379/0', ...more })
const LMDB = { type: 'lmdb', path: './c', maxBytes: 1024 ** 3, compressAboveBytes: 32_768 }

describe('a store', () => {
  it.each([
    ['memory:', { type: 'memory' }],
    ['lmdb:./c', LMDB],
    ['lmdb:/var/cache: x', { ...LMDB, path: '/var/cache: x' }],
    [{ type: 'memory' }, { type: 'memory' }],
    [{ type: 'lmdb', path: './c' }, LMDB],
    [
      { type: 'lmdb', path: './c', maxBytes: '1MB', compressAbove: 10 },
      { ...LMDB, maxBytes: 1024 ** 2, compressAboveBytes: 10 },
    ],
    [['lmdb:./c'], LMDB],
    ['redis://host:6379/0', REDIS],
    ['redis://host', { ...REDIS, url: 'redis://host' }],
    ['redis://user:s3cret@host:1/', { ...REDIS, url: 'redis://user:s3cret@host:1/' }],
    ['rediss://:s3cret@[::1]:6379/15', { ...REDIS, url: 'rediss://:s3cret@[::1]:6379/15' }],
    ['valkey://host', { ...REDIS, url: 'redis://host' }],
    ['valkeys://host/2', { ...REDIS, url: 'rediss://host/2' }],
    [redis({ prefix: 'mine:', timeout: '1s' }), { ...REDIS, prefix: 'mine:', timeoutMs: 1_000 }],
    [
      redis({ maxEntryBytes: '1MB', compressAbove: 1 }),
      { ...REDIS, maxEntryBytes: 1024 ** 2, compressAboveBytes: 1 },
    ],
    [redis({ cluster: false }), REDIS],
    [redis({ cluster: true }), { ...REDIS, topology: { kind: 'cluster', nodes: ['host:6379'] } }],
    [
      { type: 'redis', url: 'redis://host', cluster: true },
      { ...REDIS, url: 'redis://host', topology: { kind: 'cluster', nodes: ['host:6379'] } },
    ],
    [
      redis({ cluster: ['a:1', '[::1]:2'] }),
      { ...REDIS, topology: { kind: 'cluster', nodes: ['a:1', '[::1]:2'] } },
    ],
    [
      redis({ sentinel: { name: 'mymaster', nodes: ['a:26379'] } }),
      { ...REDIS, topology: { kind: 'sentinel', name: 'mymaster', nodes: ['a:26379'] } },
    ],
    [
      { type: 'keyv', keyv: KEYV },
      { type: 'keyv', keyv: KEYV },
    ],
  ])('%j is read', (value, plan) => {
    expect(readStoreOption(value, 'store')).toEqual([plan])
  })

  it.each([
    [
      ['lmdb:./c', 'redis://host:6379/0'],
      [LMDB, REDIS],
    ],
    [
      ['memory:', 'lmdb:./c', { type: 'keyv', keyv: KEYV }],
      [LMDB, { type: 'keyv', keyv: KEYV }],
    ],
    [['memory:', 'redis://host:6379/0'], [REDIS]],
    [['memory:'], [{ type: 'memory' }]],
  ])('may be a list, nearest first, where memory goes without saying: %j', (value, plans) => {
    expect(readStoreOption(value, 'store')).toEqual(plans)
  })

  it.each([
    [['lmdb:./c', 'memory:'], 'lmdb, memory'],
    [['memory:', 'memory:'], 'memory, memory'],
    [['redis://host', 'lmdb:./c'], 'redis, lmdb'],
    [['lmdb:./c', 'lmdb:./d'], 'lmdb, lmdb'],
    [['redis://a', 'redis://b'], 'redis, redis'],
    [['lmdb:./c', 'redis://a', 'redis://b'], 'lmdb, redis, redis'],
  ])('is no list in another order: %j', (value, types) => {
    expect(refusalOf(() => readStoreOption(value, 'store'))).toBe(
      `store is a list of ${types}; expected at most memory, then one lmdb, then one shared store, nearest first`,
    )
  })

  it('that is there and lacks something is refused with what it lacks', () => {
    const store = createMemoryStore({ maxBytes: 1_000, maxEntries: 10, clock: createFakeClock() })
    for (const name of ['head', 'cells', 'ledger', 'addMark', 'close'] as const) {
      const lacking = { ...store, [name]: undefined }
      expect(refusalOf(() => readStoreOption(lacking, 'store'))).toBe(
        `store is a Store without ${name}; expected all that Store has`,
      )
    }
  })

  it('may be one that is there', () => {
    const store = createMemoryStore({ maxBytes: 1_000, maxEntries: 10, clock: createFakeClock() })
    expect(readStoreOption(store, 'store')).toEqual([{ type: 'given', store }])
  })

  it.each([
    ['', 'store is "";'],
    ['memory', 'store is "memory";'],
    ['lmdb:', 'store is "lmdb:";'],
    ['./folder', 'store is "./folder";'],
    ['postgres://user:s3cret@host/db', 'store is "postgres://REDACTED@host/db";'],
    [null, 'store is null;'],
    [5, 'store is 5;'],
    [true, 'store is true;'],
    [{}, 'store is an object;'],
    [{ type: 'file' }, 'store is an object;'],
    [[], 'store is an empty list;'],
    [[5], 'store is 5;'],
    [{ type: 'lmdb' }, 'store: path: it must be given'],
    [{ type: 'lmdb', path: '' }, 'store: path is ""; expected a folder'],
    [{ type: 'lmdb', path: './c', maxByte: 1 }, 'store: unknown option "maxByte"; did you mean "maxBytes"?'],
    [{ type: 'lmdb', path: './c', maxBytes: -1 }, 'store: maxBytes is -1; expected a size'],
    [{ type: 'lmdb', path: './c', compressAbove: 'x' }, 'store: compressAbove is "x"; expected a size'],
    ['unix:/tmp/redis.sock', 'store is "unix:/tmp/redis.sock";'],
    ['redis:', 'store is "redis:"; expected a URL such as'],
    ['redis://', 'store is "redis://"; expected a URL such as'],
    ['redis://u:s3cret@', 'store is "redis://REDACTED@"; expected a URL such as'],
    ['redis://u:s3/cret@host', 'store is "redis://REDACTED@host"; expected a URL such as'],
    ['redis:u:s3cret@host', 'store is "redis:REDACTED@host"; expected a URL such as'],
    ['redis://u:s3cret@host/db', 'store is "redis://REDACTED@host/db"; expected a URL such as'],
    ['redis://host?password=s3cret', 'store is "redis://host?password=REDACTED"; expected a URL such as'],
    ['redis://host/0#x', 'expected a URL such as'],
    [{ type: 'redis' }, 'store: url: it must be given'],
    [{ type: 'redis', url: 'https://host' }, 'store: url is "https://host"; expected a URL such as'],
    [redis({ prefix: '' }), 'store: prefix is ""; expected text without spaces and braces'],
    [redis({ prefix: 'a b' }), 'store: prefix is "a b"; expected text without spaces and braces'],
    [redis({ prefix: '{a}' }), 'store: prefix is "{a}"; expected text without spaces and braces'],
    [redis({ timeout: 0 }), 'store: timeout is 0; expected a duration greater than 0'],
    [redis({ maxEntryBytes: 0 }), 'store: maxEntryBytes is 0; expected a size'],
    [redis({ compressAbove: -1 }), 'store: compressAbove is -1; expected a size'],
    [redis({ cluster: 'yes' }), `store: cluster is "yes"; expected true, false, or a list of 'host:port'`],
    [redis({ cluster: [] }), "store: cluster is a list; expected a list of 'host:port'"],
    [redis({ cluster: ['host'] }), 'store: cluster.0 is "host"; expected host:port'],
    [redis({ sentinel: { name: 'a' } }), 'store: sentinel.nodes: it must be given'],
    [redis({ sentinel: { name: '', nodes: ['a:1'] } }), 'store: sentinel.name is ""; expected a name'],
    [
      redis({ sentinel: { name: 'a', nodes: [] } }),
      "store: sentinel.nodes is a list; expected a list of 'host:port'",
    ],
    [
      redis({ cluster: true, sentinel: { name: 'a', nodes: ['a:1'] } }),
      'store has both cluster and sentinel; choose one',
    ],
    ['redis://u:se%cret@host', "a URL such as 'redis://host:6379/0'"],
    [redis({ url: 'redis://u%:secret@host' }), 'store: url is'],
    [redis({ prefx: 'a' }), 'store: unknown option "prefx"; did you mean "prefix"?'],
    [{ type: 'keyv' }, 'store: keyv: it must be given'],
    [{ type: 'keyv', keyv: new Map() }, 'store: keyv is a Map; expected a Keyv instance'],
    [{ type: 'keyv', keyv: { get: () => 1 } }, 'store: keyv is an object; expected a Keyv instance'],
  ])('%j is none', (value, message) => {
    const refusal = refusalOf(() => readStoreOption(value, 'store'))
    expect(refusal).toContain(message)
    expect(refusal).not.toContain('cret')
  })
})

describe('the store of an instance', () => {
  const plans = (options: object, more: object = {}): unknown =>
    resolveConfig({
      options: { env: {}, ...options },
      profiles: [],
      from: 'code',
      root: 'createCachette',
      ...more,
    }).stores
  const environmentStore = (value: string): object => ({
    environmentStore: { variable: 'CACHETTE_STORE', value },
  })

  it('is the variable, else the option, else the default, else memory', () => {
    const defaultStore = 'lmdb:./default'
    expect(plans({ store: 'lmdb:./option' }, { defaultStore, ...environmentStore('lmdb:./c') })).toEqual([
      LMDB,
    ])
    expect(plans({ store: 'lmdb:./c' }, { defaultStore })).toEqual([LMDB])
    expect(plans({ store: undefined }, { defaultStore: 'lmdb:./c' })).toEqual([LMDB])
    expect(plans({})).toEqual([{ type: 'memory' }])
  })

  it.each(['', 'memory', 'x:y'])('is refused by the name of the variable where that is %j', (value) => {
    expect(refusalOf(() => plans({ store: 'memory:' }, environmentStore(value)))).toMatch(
      /^CACHETTE_STORE is "/,
    )
  })

  it('is refused by the place of the option', () => {
    expect(refusalOf(() => plans({ store: null }))).toMatch(
      /^createCachette: store is null; expected 'memory:'/,
    )
  })
})

describe('the environment of an instance', () => {
  const config = (env: object): unknown =>
    resolveConfig({ options: { env }, profiles: [], from: 'code', root: 'createCachette' })

  it('may set a secret of 16 characters or more, which no message shows', () => {
    expect(config({ CACHETTE_SECRET: 'x'.repeat(16) })).toMatchObject({ secretText: 'x'.repeat(16) })
    for (const text of ['', 's3cret']) {
      const message = refusalOf(() => config({ CACHETTE_SECRET: text }))
      expect(message).toMatch(/^CACHETTE_SECRET has \d characters; expected at least 16/)
      expect(message).not.toContain('s3cret')
    }
  })

  it('may name no encryption key that is none', () => {
    const message = refusalOf(() => config({ CACHETTE_ENCRYPTION_KEY: 's3cret' }))
    expect(message).toMatch(/^CACHETTE_ENCRYPTION_KEY is no key: it has 6 characters; expected 32 bytes/)
    expect(message).not.toContain('s3cret')
  })
})
