import { describe, expect, it } from 'vitest'
import type { ServiceInfo } from './admin.js'
import { claimingService } from './claiming-service.js'

function service(name: string, baseURL: string | undefined, hosts: readonly string[] = []): ServiceInfo {
  const base = baseURL === undefined ? {} : { baseURL }
  return { name, ...base, hosts, hasCredentials: true, missing: [], popular: [] }
}

const services = [
  service('v1', 'https://api.example.com/v1'),
  service('v2', 'https://api.example.com/v1/two'),
  service('images', undefined, ['*.images.example.com', 'cdn.example.com:8443']),
]

describe('claimingService', () => {
  it.each([
    ['https://api.example.com/v1/movie', 'v1'],
    ['https://api.example.com/v1/two/movie', 'v2'],
    ['https://API.example.com/elsewhere', 'v1'],
    ['https://a.images.example.com/1.png', 'images'],
    ['https://cdn.example.com:8443/1.png', 'images'],
  ])('%s belongs to %s', (url, name) => expect(claimingService(services, url)).toBe(name))

  it.each(['https://images.example.com/', 'https://cdn.example.com/', 'https://evil-api.example.com/'])(
    '%s belongs to none',
    (url) => expect(() => claimingService(services, url)).toThrow(/no service claims the host .*--service/),
  )
})
