import { describe, expect, it } from 'vitest'
import { readAddress, readEndpoint } from './endpoint.js'
import { slotOf } from './slot.js'

describe('endpoint', () => {
  it('a URL gives host, port, user, password, database and TLS', () => {
    expect(readEndpoint('rediss://cache:p%40ss@redis.example.com:6380/3')).toEqual({
      host: 'redis.example.com',
      port: 6380,
      isTls: true,
      username: 'cache',
      password: 'p@ss',
      database: 3,
      shown: 'rediss://cache:***@redis.example.com:6380/3',
    })
  })

  it('what a URL leaves out has its default', () => {
    expect(readEndpoint('redis://[::1]')).toMatchObject({
      host: '::1',
      port: 6379,
      isTls: false,
      database: 0,
    })
    expect(readEndpoint('redis://host')).toMatchObject({ username: undefined, password: undefined })
  })

  it('valkey and valkeys are redis and rediss', () => {
    expect(readEndpoint('valkey://host')).toEqual(readEndpoint('redis://host'))
    expect(readEndpoint('valkeys://host/2')).toEqual(readEndpoint('rediss://host/2'))
  })

  for (const text of [
    'http://u:secret@host',
    'secret',
    'redis://u:secret@host:port',
    'redis://u:secret%@host',
    'redis://secret%zz@host',
    'redis://u:secret@host/name',
    'redis://',
  ]) {
    it(`${text} is refused, and nothing of it is in the message`, () => {
      const read = (): unknown => readEndpoint(text)
      expect(read).toThrow(TypeError)
      expect(read).toThrow(/^((?!secret).)*$/)
    })
  }

  it('an address is a host and a port, also where the host has colons', () => {
    expect(readAddress('host:7000')).toEqual({ host: 'host', port: 7000 })
    expect(readAddress('[::1]:7000')).toEqual({ host: '::1', port: 7000 })
  })
})

describe('slot', () => {
  // From the specification, and as CLUSTER KEYSLOT answers.
  const SLOTS = [
    ['123456789', 12_739],
    ['foo', 12_182],
    ['foo{{bar}}zap', 4_015],
    ['foo{}bar', 14_292],
    ['foo{}{bar}', 8_363],
    ['{user1000}.following', 3_443],
    ['foo{bar}{zap}', slotOf('bar')],
    ['', 0],
  ] as const
  for (const [key, slot] of SLOTS) {
    it(`"${key}" is in slot ${slot}`, () => {
      expect(slotOf(key)).toBe(slot)
    })
  }
})
