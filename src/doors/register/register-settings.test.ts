import { describe, expect, it } from 'vitest'
import { readRegisterSettings } from './register-settings.js'

describe('the settings of the hook', () => {
  it('are every host but loopback, and no lines', () => {
    expect(readRegisterSettings({})).toEqual({ hosts: undefined, isDebug: false })
    expect(readRegisterSettings({ CACHETTE_HOSTS: ' ', CACHETTE_DEBUG: '' })).toEqual({
      hosts: undefined,
      isDebug: false,
    })
  })

  it('take hosts, ports, wildcards and addresses', () => {
    const CACHETTE_HOSTS = 'API.example.com, localhost:8080,*.example.org,127.0.0.1:3000,[::1]:3000,'
    expect(readRegisterSettings({ CACHETTE_HOSTS }).hosts).toEqual([
      'api.example.com',
      'localhost:8080',
      '*.example.org',
      '127.0.0.1:3000',
      '[::1]:3000',
    ])
  })

  it.each(['https://api.example.com', 'api.example.com/v1', 'a b', 'a:99999', 'a:', '*', 'api.*.com', '-a'])(
    'refuse the host %s, naming it',
    (host) => {
      expect(() => readRegisterSettings({ CACHETTE_HOSTS: `good.test,${host}` })).toThrow(
        `CACHETTE_HOSTS is ${JSON.stringify(host)}; expected a comma-separated list of hosts such as api.example.com`,
      )
    },
  )

  it('repeat no password and no key of a URL', () => {
    const CACHETTE_HOSTS = 'https://user:secret@api.example.com/?key=secret'
    expect(() => readRegisterSettings({ CACHETTE_HOSTS })).toThrow(/^((?!secret).)*$/s)
  })

  it.each(['1', 'true', 'YES', 'on'])('write lines for %s', (CACHETTE_DEBUG) => {
    expect(readRegisterSettings({ CACHETTE_DEBUG }).isDebug).toBe(true)
  })

  it('refuse any other word for lines', () => {
    expect(() => readRegisterSettings({ CACHETTE_DEBUG: 'cachette:*' })).toThrow(
      'CACHETTE_DEBUG is "cachette:*"; expected 1 or 0',
    )
  })
})
