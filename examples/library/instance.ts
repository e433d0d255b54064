// An instance of one's own: services, rules, events, figures.
// Run: npx tsx examples/library/instance.ts https://api.example.com/v1
import { createCachette } from 'cachette'

const cachette = await createCachette({
  store: 'lmdb:./.cachette', // or 'memory:' (default)
  memory: { maxBytes: '64MB', maxEntries: 100_000 },
  defaults: { staleIfError: '7d', timeout: '10s' },
  services: {
    my_service: {
      baseURL: process.argv[2] ?? 'https://api.example.com/v1',
      ttl: '2h',
      rules: [{ match: '/movie/:id', ttl: '24h' }],
    },
  },
})

cachette.on('request', ({ method, url, outcome, because }) => console.log(method, url, outcome, because))

const api = cachette.service('my_service')
await api.getExternal('/movie/1')
await api.getExternal('/movie/1')

const explanation = await cachette.explain('/movie/1', { service: 'my_service' })
console.log(explanation.policy.ttl) // { value: 86400000, from: 'rule /movie/:id (code)' }

await cachette.purge({ service: 'my_service' }) // seen by every process on the store within 100 ms
await cachette.close()
