import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/helpers/fake-clock.js'
import { refusalOf } from '../../test/helpers/refusal.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { resolveConfig } from './resolve-config.js'
import { readStoreOption } from './store-options.js'

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
  ])('%j is read', (value, plan) => {
    expect(readStoreOption(value, 'store')).toEqual([plan])
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
  ])('%j is none', (value, message) => {
    expect(refusalOf(() => readStoreOption(value, 'store'))).toContain(message)
  })

  it.each([
    'redis://user:s3cret@localhost:6379/0',
    'rediss://localhost',
    'valkey://localhost',
    'unix:/tmp/redis.sock',
    { type: 'redis', url: 'redis://localhost' },
    { type: 'keyv' },
    ['memory:', 'lmdb:./c'],
  ])('%j is of a later version', (value) => {
    const message = refusalOf(() => readStoreOption(value, 'store'))
    expect(message).toMatch(/^store: a .* is not in this version of cachette; leave it out$/)
    expect(message).not.toContain('s3cret')
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

  it('may not set an encryption key yet', () => {
    expect(refusalOf(() => config({ CACHETTE_ENCRYPTION_KEY: 's3cret' }))).toBe(
      'CACHETTE_ENCRYPTION_KEY is not in this version of cachette; leave it out',
    )
  })
})
