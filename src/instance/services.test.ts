import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.js'
import { claimingService } from './services.js'

const config = resolveConfig({
  options: {
    env: {},
    services: {
      v1: { baseURL: 'https://api.example.com/v1' },
      v2: { baseURL: 'https://api.example.com/v1/two' },
      images: { hosts: ['*.images.example.com', 'cdn.example.com:8443'] },
    },
  },
  profiles: [],
  from: 'code',
  root: 'test',
})

describe('claimingService', () => {
  it.each([
    ['https://api.example.com/v1/movie', 'v1'],
    ['https://api.example.com/v1/two/movie', 'v2'],
    ['https://API.example.com/elsewhere', 'v1'],
    ['https://a.images.example.com/1.png', 'images'],
    ['https://cdn.example.com:8443/1.png', 'images'],
  ])('%s belongs to %s', (url, name) => {
    expect(claimingService(config, url)).toBe(name)
  })

  it.each(['https://images.example.com/', 'https://cdn.example.com/', 'https://evil-api.example.com/'])(
    '%s belongs to none',
    (url) => {
      expect(() => claimingService(config, url)).toThrow(/no service claims the host .*--service/)
    },
  )
})
